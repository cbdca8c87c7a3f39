#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "proxy/admin/admission.hpp"
#include "proxy/admin/answer.hpp"
#include "proxy/admin/folder_changes.hpp"
#include "proxy/records/certificate_request.hpp"
#include "proxy/records/record_folder.hpp"

namespace countersign::proxy::admin {

/// The calls that look at certificate records in `console.directory`, and change them. On the admin
/// thread.
class RecordChanges {
public:
    /// `changes` outlives this.
    explicit RecordChanges(FolderChanges& changes) : changes_{changes} {}

    /// Adds to a record's document its version, and whether it may be changed here.
    void describe(boost::json::object& object, const profiles::CertificateRecord& record) const;

    /// What is in a container that nobody has kept yet.
    boost::asio::awaitable<Answer> inspect(const Call& call);
    boost::asio::awaitable<Answer> create(const Call& call, const Caller& caller);
    /// A new key, and a record of it that waits for the authority.
    boost::asio::awaitable<Answer> make_key_pair(const Call& call, const Caller& caller);

    // Of the record of that name, which is in the configuration.
    boost::asio::awaitable<Answer> replace(
        const Call& call, const Caller& caller, std::string name
    );
    boost::asio::awaitable<Answer> edit(const Call& call, const Caller& caller, std::string name);
    boost::asio::awaitable<Answer> remove(const Call& call, const Caller& caller, std::string name);
    /// What goes to the authority.
    boost::asio::awaitable<Answer> request(std::string name);
    /// What came back.
    boost::asio::awaitable<Answer> take_reply(
        const Call& call, const Caller& caller, std::string name
    );

private:
    /// On the other thread.
    using Write = std::function<certs::EditResult<records::FolderChange>()>;

    const profiles::Configuration& configuration() const { return changes_.configuration(); }
    boost::asio::awaitable<Answer> create_of(
        std::function<certs::EditResult<records::RecordDraft>()> draft, std::string name,
        const Caller& caller
    );
    boost::asio::awaitable<Answer> carry_out(
        records::AuditEntry entry, Write write, unsigned status
    );
    boost::asio::awaitable<Answer> carry_out(
        records::AuditEntry entry, Write write, std::function<Answer()> answer
    );
    /// Why what was written is not what serves since the reload; empty: it is.
    std::string why_not_there(const std::string& name, const std::string& version) const;
    /// The record's document; null where there is none of that name any more.
    boost::json::value described(const std::string& name) const;

    FolderChanges& changes_;
};

}  // namespace countersign::proxy::admin
