#include "proxy/tls/key_log.hpp"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

#include "certs/printable.hpp"

namespace countersign::proxy::tls {

namespace {

// The descriptor and one more, in the place of a pointer: null is a context without a key log.
void* as_pointer(int descriptor) {
    return reinterpret_cast<void*>(static_cast<std::intptr_t>(descriptor) + 1);
}
int as_descriptor(void* pointer) {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(pointer) - 1);
}

void close_log(void*, void* log, CRYPTO_EX_DATA*, int, long, void*) {
    if (log != nullptr) ::close(as_descriptor(log));
}

/// Where a context keeps its key log; closed with it.
int place() {
    static const int kPlace = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, close_log);
    return kPlace;
}

/// Each line in one call: those of several threads come one after the other.
void on_line(const SSL* ssl, const char* line) {
    void* const log = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), place());
    if (log == nullptr) return;
    std::string text{line};
    text += '\n';
    // Nobody waits for it, and nobody could be told.
    [[maybe_unused]] const auto written = ::write(as_descriptor(log), text.data(), text.size());
}

}  // namespace

std::string write_keys_to(SSL_CTX& context, const std::filesystem::path& file) {
    const std::string name = certs::printable(file.string());
    std::string wrong = "tls.danger_key_log: ";
    // A link that somebody else made could lead anywhere, and a pipe has nobody who reads it.
    const int log = ::open(
        file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
        S_IRUSR | S_IWUSR
    );
    if (log < 0) {
        const int error = errno;
        wrong += name + " cannot be written to: ";
        if (error == ELOOP) return wrong += "it is a symbolic link; name the file that it leads to";
        if (error == ENXIO) return wrong += "it is a pipe or a socket; name a file";
        return wrong += std::generic_category().message(error);
    }
    struct stat found = {};
    const bool known = ::fstat(log, &found) == 0;
    const bool is_file = known && S_ISREG(found.st_mode);
    if (!is_file || (found.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        ::close(log);
        if (!is_file)
            return wrong += name + " is not a file; name one, or a path where there is none";
        wrong +=
            "others may open " + name + ", and what is in it opens every connection; run: chmod ";
        return wrong += "600 " + name;
    }
    SSL_CTX_set_ex_data(&context, place(), as_pointer(log));
    SSL_CTX_set_keylog_callback(&context, on_line);
    return {};
}

}  // namespace countersign::proxy::tls
