#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "proxy/admin/admission.hpp"
#include "proxy/admin/answer.hpp"
#include "proxy/admin/folder_changes.hpp"
#include "proxy/records/profile_folder.hpp"

namespace countersign::proxy::admin {

/// The calls that show the profiles in `console.directory` as they are written, and change them. On
/// the admin thread.
class ProfileChanges {
public:
    /// `changes` and `state` outlive this.
    ProfileChanges(FolderChanges& changes, const ProcessState& state)
        : changes_{changes}, state_{state} {}

    /// What is wrong with a profile that nobody has kept yet, and how it would be written.
    boost::asio::awaitable<Answer> preview(const Call& call);
    boost::asio::awaitable<Answer> create(const Call& call, const Caller& caller);
    boost::asio::awaitable<Answer> show(std::string name);
    boost::asio::awaitable<Answer> replace(
        const Call& call, const Caller& caller, std::string name
    );
    boost::asio::awaitable<Answer> remove(const Call& call, const Caller& caller, std::string name);

private:
    /// On the other thread.
    using Write =
        std::function<certs::EditResult<records::FolderChange>(const records::ProfileFolder&)>;

    /// A profile, and how it is written.
    struct Found {
        /// Holds the profile.
        std::shared_ptr<const generation::Generation> generation = {};
        const profiles::Profile* profile = nullptr;
        std::optional<boost::json::object> written = {};
        std::string why_fixed = {};
        std::optional<Answer> refusal = {};  ///< what is answered instead
    };

    const profiles::Profile* find(const std::string& name) const;
    boost::asio::awaitable<Found> look_at(std::string name);
    /// The same for who changes it: refused where that is not done here, or where it is another
    /// state than If-Match says.
    boost::asio::awaitable<Found> look_to_change(const Call& call, std::string name);
    boost::asio::awaitable<Answer> keep(
        records::AuditEntry entry, boost::json::object profile, Write write, unsigned status
    );
    std::string why_not_there(const std::string& name, const records::ProfileFolder& folder) const;

    FolderChanges& changes_;
    const ProcessState& state_;
};

}  // namespace countersign::proxy::admin
