#include "proxy/commands/keystore/replaced_file.hpp"

#include <system_error>
#include <utility>

#include "certs/edit/replacement_loss.hpp"
#include "certs/file.hpp"
#include "certs/printable.hpp"

namespace countersign::proxy::commands {

using certs::EditError;

bool is_same_file(const std::filesystem::path& a, const std::filesystem::path& b) {
    std::error_code error;
    return std::filesystem::equivalent(a, b, error);
}

certs::EditResult<std::vector<std::string>> look_at_replaced(
    const std::filesystem::path& file, const std::vector<std::optional<certs::Secret>>& passwords,
    const certs::StoreDraft& after
) {
    const std::string where = certs::where_of(file);
    const std::string remedy = " Name another file, or move " + where + " away first.";
    const auto bytes = certs::read_file(file, certs::kMaxStoreBytes);
    if (!bytes) {
        return EditError{
            bytes.error().message() + " It may hold a private key, so it is not replaced unseen." +
            remedy};
    }
    certs::ReplacementLoss loss = certs::loss_by_replacing(*bytes, passwords, after);
    if (!loss.sealed.empty()) {
        return EditError{
            where + " is a key store, " + loss.sealed +
            ", that no password given here opens: its private keys would be lost unseen." + remedy};
    }
    if (!loss.keys.empty()) {
        return EditError{
            where + " holds what would be lost: " + certs::printable_list(loss.keys, "; ") + "." +
            remedy};
    }
    if (!loss.unopened.empty()) {
        return EditError{
            where + " holds what no password given here opens, and what would be lost unseen: " +
            certs::printable_list(loss.unopened, "; ") + "." + remedy};
    }
    return std::move(loss.others);
}

}  // namespace countersign::proxy::commands
