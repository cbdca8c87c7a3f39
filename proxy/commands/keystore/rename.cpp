#include <iostream>

#include "certs/printable.hpp"
#include "proxy/commands/keystore/verbs.hpp"

namespace countersign::proxy::commands {

Outcome rename_entry(const KeystoreOptions& options) {
    if (!options.alias || !options.new_alias) {
        return certs::EditError{
            "say with --alias which entry is meant, and with --to its new name."};
    }
    const std::filesystem::path& file = options.files.front();
    certs::EditResult<certs::StoreDraft> before = open_store(file, options, Need::entries);
    if (!before) return before.error();
    certs::StoreDraft fresh{before->container(), before->password(), before->where()};
    const Outcome failed =
        change_store(file, std::move(*before), std::move(fresh), [&](certs::StoreDraft& store) {
            return store.rename(*options.alias, *options.new_alias);
        });
    if (failed) return failed;
    std::cout << certs::where_of(file) << ": alias " << certs::printable(*options.alias)
              << " is now " << certs::printable(*options.new_alias) << "\n";
    return std::nullopt;
}

}  // namespace countersign::proxy::commands
