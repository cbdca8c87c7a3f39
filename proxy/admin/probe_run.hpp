#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "proxy/explain/probed_destination.hpp"
#include "proxy/generation/generation.hpp"
#include "proxy/net/task.hpp"
#include "proxy/probe/prober.hpp"
#include "proxy/probe/verdict.hpp"

namespace countersign::proxy::admin {

/// One destination that is tried: the connection, the same without a client certificate where the
/// server may have refused this one, and what its chain lacks.
class ProbeRun {
public:
    /// Is given an event and its data, on the thread of `run`: "step", "probed".
    using Tell = std::function<void(std::string_view event, const boost::json::object& data)>;

    /// `url`: that was asked about.
    ProbeRun(
        std::shared_ptr<const generation::Generation> generation, std::string url,
        explain::ProbedDestination destination, Tell tell
    );

    /// Until it is done, or cancelled. On any thread, once.
    void run();
    /// From any thread: what waits ends, and `run` soon after.
    void cancel();

private:
    net::Task<void> try_all(probe::Prober& prober);
    boost::json::object document() const;
    /// What `cancel` reaches. False: it was cancelled.
    bool set_prober(probe::Prober* prober);
    void tell_step(std::string_view name, std::string_view text) const;

    const std::shared_ptr<const generation::Generation> generation_;
    const std::string url_;
    const explain::ProbedDestination destination_;
    const Tell tell_;
    probe::Trial trial_;
    std::vector<probe::OtherTrial> others_;
    probe::MissingIssuers missing_;

    std::mutex mutex_;
    probe::Prober* prober_ = nullptr;  ///< while `run` runs
    bool cancelled_ = false;
};

}  // namespace countersign::proxy::admin
