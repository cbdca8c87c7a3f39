#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "certs/edit/edit_error.hpp"
#include "proxy/admin/actions.hpp"
#include "proxy/admin/admission.hpp"
#include "proxy/admin/answer.hpp"
#include "proxy/admin/during.hpp"
#include "proxy/admin/elsewhere.hpp"
#include "proxy/admin/process_state.hpp"
#include "proxy/records/audit_log.hpp"
#include "proxy/records/folder_change.hpp"

namespace countersign::proxy::admin {

/// Why the console changes nothing where it has no folder.
std::string_view no_folder();
/// Why a change is put back that the load does not have.
std::string_view changed_meanwhile();

/// Why a change is refused that says it was made of another state than `version`; nothing: it was
/// made of that one. `seen`: If-Match. `what`: "'acme'".
std::optional<Answer> refusal_of_version(
    std::string_view seen, const std::string& version, const std::string& what
);

/// Changes of what stands in `console.directory`. Each is written, loaded, and put back where the
/// load is refused: it is in force as a whole, or not at all. One at a time. On the admin thread;
/// files are read and written on one of its own.
class FolderChanges {
public:
    struct Sources {
        const ProcessState& state;
        Actions::Reload reload;
    };

    FolderChanges(boost::asio::io_context& context, Sources sources)
        : context_{context}, from_{std::move(sources)} {}

    /// A change that somebody asks for.
    struct Asked {
        records::AuditEntry entry;
        /// On the other thread.
        std::function<certs::EditResult<records::FolderChange>()> write;
        /// Why what is in force after the reload is not what was written; empty: it is. `version`:
        /// of what was written, empty where it is gone.
        std::function<std::string(const std::string& version)> why_not_there;
        /// Once it is in force.
        std::function<Answer()> answer;
    };
    boost::asio::awaitable<Answer> carry_out(Asked asked);

    /// What the audit log says of a change: `what` and `kind` are static texts.
    static records::AuditEntry entry_of(
        std::string_view what, std::string_view kind, std::string name, const Caller& caller
    );

    /// What `work` finds on the thread for files; nothing where it ended by an exception.
    template <class Work>
    boost::asio::awaitable<std::optional<std::invoke_result_t<Work>>> look(Work work) {
        return done_elsewhere(context_, files_, std::move(work));
    }
    static constexpr std::string_view kManyLook =
        "Others are being looked at just now. Try again in a moment.";
    /// While it is held, one more looks; null where so many do that there is no place
    /// for one more (429, kManyLook).
    std::unique_ptr<During> begin_to_look();

    const profiles::Configuration& configuration() const {
        return from_.state.generation->configuration();
    }
    const std::shared_ptr<const generation::Generation>& generation() const {
        return from_.state.generation;
    }

private:
    boost::asio::awaitable<Answer> put_back(
        records::FolderChange change, records::AuditEntry entry, std::optional<ReloadResult> result,
        std::filesystem::path folder
    );

    boost::asio::io_context& context_;
    const Sources from_;
    /// Coroutines may end with the context, which outlives this.
    std::shared_ptr<unsigned> busy_ = std::make_shared<unsigned>(0);
    std::shared_ptr<unsigned> looking_ = std::make_shared<unsigned>(0);
    boost::asio::thread_pool files_{1};
};

}  // namespace countersign::proxy::admin
