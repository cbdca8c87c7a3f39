#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "proxy/admin/admission.hpp"
#include "proxy/admin/answer.hpp"
#include "proxy/admin/process_state.hpp"

namespace countersign::proxy::admin {

class ProbeRun;

/// The call that tries a connection, with the very parts that serve, and tells it step by step as
/// events. Each runs on a thread of its own, until it is done, nobody listens any more, or who
/// asked may not go on with it. On the admin thread.
class Probes {
public:
    /// Both outlive this.
    Probes(boost::asio::io_context& context, const ProcessState& state)
        : context_{context}, state_{state} {}
    ~Probes();
    Probes(const Probes&) = delete;
    Probes& operator=(const Probes&) = delete;

    /// `refusal`: why who asks may not go on with it, again and again.
    using Refuse = std::function<std::optional<Refusal>()>;
    Answer begin(const Call& call, const Caller& caller, Refuse refusal);

private:
    /// So many at a time.
    static constexpr std::size_t kMost = 2;

    boost::asio::io_context& context_;
    const ProcessState& state_;
    std::vector<std::weak_ptr<ProbeRun>> runs_;
    boost::asio::thread_pool threads_{kMost};
};

}  // namespace countersign::proxy::admin
