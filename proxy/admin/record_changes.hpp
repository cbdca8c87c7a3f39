#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/json/object.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/admin/actions.hpp"
#include "proxy/admin/admission.hpp"
#include "proxy/admin/answer.hpp"
#include "proxy/admin/process_state.hpp"
#include "proxy/records/audit_log.hpp"
#include "proxy/records/record_folder.hpp"

namespace countersign::proxy::admin {

/// The calls that change certificate records in `console.directory`. Each change is written,
/// loaded, and put back where the load is refused: it is in force as a whole, or not at all. One at
/// a time. On the admin thread; files are read and written on one of its own.
class RecordChanges {
public:
    struct Sources {
        const ProcessState& state;
        Actions::Reload reload;
    };

    RecordChanges(boost::asio::io_context& context, Sources sources)
        : context_{context}, from_{std::move(sources)} {}

    /// Adds to a record's document its version, and whether it may be changed here.
    void describe(boost::json::object& object, const profiles::CertificateRecord& record) const;

    /// What is in a container that nobody has kept yet.
    boost::asio::awaitable<Answer> inspect(const Call& call);
    boost::asio::awaitable<Answer> create(const Call& call, const Caller& caller);
    boost::asio::awaitable<Answer> replace(
        const Call& call, const Caller& caller, std::string name
    );
    boost::asio::awaitable<Answer> edit(const Call& call, const Caller& caller, std::string name);
    boost::asio::awaitable<Answer> remove(const Call& call, const Caller& caller, std::string name);

private:
    /// On the other thread.
    using Write = std::function<certs::EditResult<records::RecordChange>()>;

    const profiles::Configuration& configuration() const {
        return from_.state.generation->configuration();
    }
    records::AuditEntry entry_of(std::string_view what, std::string name, const Caller& caller)
        const;
    boost::asio::awaitable<Answer> carry_out(
        records::AuditEntry entry, Write write, unsigned status
    );
    boost::asio::awaitable<Answer> put_back(
        records::RecordChange change, records::AuditEntry entry, std::optional<ReloadResult> result,
        std::filesystem::path folder
    );
    /// Why what was written is not what serves since the reload; empty: it is.
    std::string why_not_there(
        const std::string& name, const std::string& version, const std::filesystem::path& folder
    ) const;
    Answer changed(const std::string& name, unsigned status) const;

    boost::asio::io_context& context_;
    const Sources from_;
    /// Coroutines may end with the context, which outlives this.
    std::shared_ptr<unsigned> busy_ = std::make_shared<unsigned>(0);
    std::shared_ptr<unsigned> looking_ = std::make_shared<unsigned>(0);
    boost::asio::thread_pool files_{1};
};

}  // namespace countersign::proxy::admin
