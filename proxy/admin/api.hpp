#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "certs/file.hpp"
#include "proxy/admin/actions.hpp"
#include "proxy/admin/admission.hpp"
#include "proxy/admin/answer.hpp"
#include "proxy/admin/folder_changes.hpp"
#include "proxy/admin/metrics_page.hpp"
#include "proxy/admin/probes.hpp"
#include "proxy/admin/process_state.hpp"
#include "proxy/admin/profile_changes.hpp"
#include "proxy/admin/recent_survey.hpp"
#include "proxy/admin/record_changes.hpp"
#include "proxy/admin/record_findings.hpp"
#include "proxy/admin/sessions.hpp"
#include "proxy/admin/sign_in_places.hpp"
#include "proxy/admin/worker_survey.hpp"
#include "proxy/upstream/dns/hosts_file.hpp"

namespace countersign::proxy::admin {

/// The JSON API under /api/v1/, and the console's pages, which are made of nothing else. What it
/// says stands in api/openapi.json. On the admin thread, but for what takes its time.
class Api {
public:
    struct Sources {
        WorkerSurvey& survey;
        RecentSurvey& recent;
        const ProcessState& state;
        std::function<Measured(const metrics::WorkerSnapshot& workers)> measured;
        Actions::Reload reload;
    };

    Api(boost::asio::io_context& context, Sources sources);
    ~Api() { stop_.request_stop(); }
    Api(const Api&) = delete;
    Api& operator=(const Api&) = delete;

    /// Whether what is asked for with that path is one of its own.
    bool has(std::string_view path) const;
    /// So long a body may be of who `may_upload`.
    static constexpr std::uint64_t kMostUpload = 5 * (certs::kMaxStoreBytes / 2);
    /// Whether that call may bring a key store.
    bool may_upload(const Caller& caller, const Call& call, const profiles::Listener& rules);
    /// Why that call is not answered to that caller, as far as its head says.
    std::optional<Refusal> refusal(
        const Caller& caller, const Call& call, const profiles::Listener& rules
    );
    boost::asio::awaitable<Answer> answer(
        const Caller& comes, const Call& call, const profiles::Listener& rules
    );

private:
    using Clock = std::chrono::steady_clock;
    enum class Place;
    struct Route;
    class Watch;
    static const Route* find(std::string_view path);

    static bool allows(const Route& route, const Call& call);

    std::optional<Refusal> refusal_for(
        const Caller& caller, const Call& call, const Route* route, const profiles::Listener& rules
    );
    SignedIn signed_in(const Caller& caller, const Credentials& credentials);
    std::string_view shown_subject(const Caller& caller) const;
    SignedIn by_certificate(const Caller& caller) const;
    Door door_for(const Caller& caller, const Credentials& credentials);
    /// Why who has made a call may not go on with it; nothing: he may.
    std::optional<Refusal> refusal_to_go_on(
        Access access, const Caller& caller, const Credentials& credentials
    );
    Answer session_document(const Caller& caller, const SignedIn* who, std::string_view proof)
        const;
    boost::asio::awaitable<Answer> session(const Caller& caller, const Call& call);
    boost::asio::awaitable<Answer> begin_session(const Caller& caller, const Call& call);
    boost::asio::awaitable<Answer> begin_with_token(const Caller& caller, std::string token);
    boost::asio::awaitable<Answer> begin_with_password(
        const Caller& caller, std::string user, std::string password
    );
    Answer begun(const Caller& caller, Sessions::Who who);
    boost::asio::awaitable<Answer> status();
    Answer events(const Caller& caller, const Call& call);
    /// What is kept of exchanges, asked for anew; false where there is no console.
    boost::asio::awaitable<bool> has_exchanges();
    boost::asio::awaitable<Answer> exchanges(const Call& call);
    boost::asio::awaitable<Answer> exchange(std::string_view number);
    Answer certificates();
    boost::asio::awaitable<Answer> certificate(
        const Caller& caller, const Call& call, Place place, std::string_view name
    );
    /// What lint says of the records that serve now; null: it is not known yet, and being found
    /// out. Opening stores takes its time, and nobody waits for it here.
    const RecordFindings* findings();
    Answer profiles() const;
    boost::asio::awaitable<Answer> profile(
        const Caller& caller, const Call& call, std::string_view name
    );
    Answer explain(const Call& call);
    static Answer openapi();
    boost::asio::awaitable<void> pause(Clock::duration duration);

    boost::asio::io_context& context_;
    const Sources from_;
    Sessions sessions_;
    /// Those whose sign-in is looked at, or was refused, and who wait for their answer.
    SignInPlaces signing_in_;
    std::optional<boost::asio::thread_pool> comparisons_;  ///< there from the first sign-in on
    /// Streams of events. The last of them may end with the context, which outlives this.
    std::shared_ptr<unsigned> watching_ = std::make_shared<unsigned>(0);
    upstream::dns::HostsFile hosts_;
    /// Of that generation; null: not known yet.
    std::shared_ptr<const RecordFindings> findings_;
    std::weak_ptr<const generation::Generation> findings_of_;
    bool finding_ = false;
    FolderChanges changes_;
    RecordChanges records_{changes_};
    ProfileChanges profile_changes_{changes_, from_.state};
    Probes probes_;
    boost::asio::thread_pool elsewhere_{1};  // it ends before what it works on
    std::stop_source stop_;
};

}  // namespace countersign::proxy::admin
