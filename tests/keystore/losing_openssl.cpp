// Preloaded into `countersign keystore`, as a library that has a fault would be: of what goes into
// the encrypted part of a PKCS#12, the last certificate is lost.
#include <dlfcn.h>
#include <openssl/pkcs12.h>

extern "C" PKCS7* PKCS12_pack_p7encdata(
    int method, const char* password, int length, unsigned char* salt, int salt_length,
    int iterations, STACK_OF(PKCS12_SAFEBAG) * bags
) {
    static const auto kReal = reinterpret_cast<decltype(&PKCS12_pack_p7encdata)>(
        ::dlsym(RTLD_NEXT, "PKCS12_pack_p7encdata")
    );
    PKCS12_SAFEBAG_free(sk_PKCS12_SAFEBAG_pop(bags));
    return kReal(method, password, length, salt, salt_length, iterations, bags);
}
