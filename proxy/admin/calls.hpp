#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/admin/actions.hpp"
#include "proxy/admin/admission.hpp"
#include "proxy/admin/answer.hpp"
#include "proxy/admin/api.hpp"
#include "proxy/admin/metrics_page.hpp"
#include "proxy/admin/process_state.hpp"
#include "proxy/admin/recent_survey.hpp"
#include "proxy/admin/worker_survey.hpp"
#include "proxy/log/access_log.hpp"
#include "proxy/log/log.hpp"

namespace countersign::proxy::admin {

/// The calls that operators can make: which there are, who may make them, and what they say and do.
/// On the admin thread.
class Calls {
public:
    struct Sources {
        WorkerSurvey& survey;
        RecentSurvey& recent;
        const ProcessState& state;  ///< changes between two calls only
        const log::AccessLog& access_log;
        const log::ProgramLog& program_log;
        Actions actions;
    };

    Calls(boost::asio::io_context& context, Sources sources)
        : context_{context},
          from_{std::move(sources)},
          api_{
              context,
              {from_.survey, from_.recent, from_.state,
               [this](const metrics::WorkerSnapshot& workers) { return measured(workers); },
               from_.actions.reload}} {}

    boost::asio::awaitable<Answer> answer(const Caller& caller, const Call& call);
    static constexpr std::uint64_t kMostBody = 64 * 1024;
    /// How long the body of such a call may be, which has not been read yet.
    std::uint64_t most_body(const Caller& caller, const Call& call);
    /// To who has sent more than that, `most`.
    Answer too_long(const Caller& caller, const Call& call, std::uint64_t most);
    /// By the rules of what serves now.
    bool may_connect(const Caller& caller) const;
    /// That of what serves now; null: plain HTTP.
    std::shared_ptr<const tls::ServerContext> tls() const {
        return from_.state.generation->admin_tls();
    }

private:
    Answer healthz();
    Answer readyz() const;
    boost::asio::awaitable<Answer> metrics(std::string_view accept);
    boost::asio::awaitable<Answer> status();
    Answer config() const;
    boost::asio::awaitable<Answer> reload();
    static Answer log_level(std::string_view query);
    Measured measured(const metrics::WorkerSnapshot& workers) const;

    boost::asio::io_context& context_;
    const Sources from_;
    Api api_;
};

}  // namespace countersign::proxy::admin
