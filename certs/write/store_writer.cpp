#include "certs/write/store_writer.hpp"

#include "certs/java/java_key_store_writer.hpp"
#include "certs/write/pem_writer.hpp"
#include "certs/write/pkcs12_writer.hpp"

namespace countersign::certs {

EditResult<SecretBytes> write_entries(
    const KeyStoreEntries& entries, Container container, const std::optional<Secret>& password,
    std::chrono::milliseconds now
) {
    switch (container) {
        case Container::jks:
        case Container::jceks:
            return write_java_key_store(entries, container, password.value_or(Secret{}), now);
        case Container::pkcs12:
            return write_pkcs12(entries, password, now);
        case Container::pem:
            break;
    }
    return write_pem(entries);
}

}  // namespace countersign::certs
