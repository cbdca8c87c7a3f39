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
#include "proxy/records/record_draft.hpp"

namespace countersign::proxy::admin {

/// One destination that is tried: the connection, the same without a client certificate where the
/// server may have refused this one, and what its chain lacks.
class ProbeRun {
public:
    /// Is given an event and its data, on the thread of `run`: "step"; "probed", or "fault" where
    /// nothing can be tried.
    using Tell = std::function<void(std::string_view event, const boost::json::object& data)>;

    /// `url`: that was asked about. `draft`: with whose identity; null: with the profile's own.
    ProbeRun(
        std::shared_ptr<const generation::Generation> generation, std::string url,
        explain::ProbedDestination destination, std::shared_ptr<const records::RecordDraft> draft,
        Tell tell
    );

    /// Until it is done, or cancelled. On any thread, once.
    void run();
    /// From any thread: what waits ends, and `run` soon after.
    void cancel();

private:
    /// Why the draft's identity cannot be tried; empty: it is the destination's now.
    std::string take_draft();
    net::Task<void> try_all(probe::Prober& prober);
    boost::json::object document() const;
    /// What `cancel` reaches. False: it was cancelled.
    bool set_prober(probe::Prober* prober);
    void tell_step(std::string_view name, std::string_view text) const;

    const std::shared_ptr<const generation::Generation> generation_;
    const std::string url_;
    explain::ProbedDestination destination_;
    const std::shared_ptr<const records::RecordDraft> draft_;
    const Tell tell_;
    probe::Trial trial_;
    std::vector<probe::OtherTrial> others_;
    probe::MissingIssuers missing_;

    std::mutex mutex_;
    probe::Prober* prober_ = nullptr;  ///< while `run` runs
    bool cancelled_ = false;
};

}  // namespace countersign::proxy::admin
