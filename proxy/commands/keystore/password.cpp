#include "certs/edit/container.hpp"
#include "proxy/commands/keystore/verbs.hpp"

namespace countersign::proxy::commands {

// A conversion of the store onto itself: it is opened, written anew, compared, and put in place.
Outcome change_password(const KeystoreOptions& options) {
    const std::filesystem::path& file = options.files.front();
    const certs::EditResult<certs::SecretBytes> bytes = read_store(file);
    if (!bytes) return bytes.error();
    KeystoreOptions conversion = options;
    conversion.files = {file, file};
    conversion.format = certs::container_of_bytes(*bytes);
    conversion.replace = true;
    return convert_store(conversion);
}

}  // namespace countersign::proxy::commands
