#include "proxy/explain/probed_destination.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "certs/text/phrase.hpp"
#include "proxy/client/head_read.hpp"
#include "proxy/explain/asker.hpp"
#include "proxy/probe/harmless_method.hpp"
#include "proxy/probe/request_head.hpp"
#include "proxy/routing/plan.hpp"

namespace countersign::proxy::explain {

namespace {

std::string no_request(std::string_view why) {
    return "URL or method make no valid request: " + std::string{why};
}

std::shared_ptr<const upstream::addresses::OriginRules> without_name(
    const upstream::addresses::OriginRules& rules
) {
    upstream::addresses::OriginRules nameless = rules;
    nameless.profile.clear();
    return std::make_shared<const upstream::addresses::OriginRules>(std::move(nameless));
}

/// HEAD first; behind those that change nothing, the ones that profiles are for.
std::vector<std::string> methods_to_try(
    const generation::Generation& generation, const std::string& named
) {
    if (!named.empty()) return {named};
    std::vector<std::string> methods{std::begin(probe::kHarmless), std::end(probe::kHarmless)};
    for (const profiles::Profile& profile : generation.profiles().profiles()) {
        for (const std::string& method : profile.methods) {
            if (std::ranges::find(methods, method) == methods.end()) methods.push_back(method);
        }
    }
    return methods;
}

/// Why it is not HEAD, which nobody named either.
std::string note_on(const std::string& method, const profiles::Profile& profile, bool in_form) {
    const std::string why = "profile " + certs::in_quotes(profile.name) + " is not for HEAD";
    if (std::ranges::find(probe::kHarmless, method) != std::end(probe::kHarmless)) {
        return method + " is asked: " + why;
    }
    std::string text = "no request is sent: " + why + ", GET or OPTIONS, and " + method;
    text += " may change something at the server; ";
    return text += in_form ? "choose it to send one" : "--method " + method + " sends one";
}

/// A question, as the data plane takes it.
class Planner {
public:
    Planner(
        const std::shared_ptr<const generation::Generation>& generation, ImaginedRequest asked,
        const Asker& asker
    )
        : generation_{generation}, asked_{std::move(asked)}, asker_{asker} {}

    /// For that method. Empty, or why it makes no request.
    std::string plan(const std::string& method) {
        using End = client::HeadRead::End;
        const profiles::Configuration& configuration = generation_->configuration();
        asked_.method = method;
        text_ = head_text(asked_);
        const client::HeadRead read = client::look_at_head(text_, 0, configuration.limits, head_);
        if (read.end != End::complete || read.size != text_.size()) {
            return no_request(http::to_text(read.error));
        }
        planned_ = routing::plan(
            generation::hold(generation_), head_, asker_.peer, std::chrono::system_clock::now(),
            upstream::addresses::OwnEndpoints::of(configuration)
        );
        return {};
    }
    const routing::Planned& planned() const { return planned_; }
    /// Of the request, where it has a plan.
    std::string_view path() const { return planned_->path.of(head_.target); }
    bool has_profile() const { return planned_ && planned_->profile != nullptr; }

private:
    const std::shared_ptr<const generation::Generation>& generation_;
    ImaginedRequest asked_;
    const Asker& asker_;
    std::string text_;
    http::Head head_;
    routing::Planned planned_;
};

}  // namespace

boost::system::result<ProbedDestination, NoDestination> find_destination(
    const std::shared_ptr<const generation::Generation>& generation, const ProbeQuestion& question
) {
    Asker asker;
    if (std::string wrong = read_asker(question.asked, *generation, asker); !wrong.empty()) {
        return NoDestination{std::move(wrong), std::nullopt};
    }
    asker.peer.known_as = asker.name;
    Planner planner{generation, question.asked, asker};
    const std::vector<std::string> methods = methods_to_try(*generation, question.method);
    std::string method;
    for (const std::string& one : methods) {
        if (std::string wrong = planner.plan(one); !wrong.empty()) {
            return NoDestination{std::move(wrong), std::nullopt};
        }
        if (planner.has_profile()) {
            method = one;
            break;
        }
    }
    // Where no profile takes any of them it is as it is for the first.
    if (method.empty()) {
        method = methods.front();
        planner.plan(method);
    }
    const routing::Planned& planned = planner.planned();
    if (!planned) return NoDestination{{}, planned.error().failure};
    if (planned->route == nullptr) {
        return NoDestination{no_request("a tunnel has no TLS of the proxy's"), std::nullopt};
    }
    const generation::Route& route = *planned->route;
    ProbedDestination found;
    found.terms.host = std::string_view{planned->host};
    found.terms.port = planned->port;
    found.terms.tls = route.tls;
    found.terms.rules = question.alone ? without_name(*route.rules) : route.rules;
    found.terms.method = method;
    found.terms.leniency = route.leniency;
    const bool is_harmless =
        std::ranges::find(probe::kHarmless, method) != std::end(probe::kHarmless);
    if (question.asks && (is_harmless || !question.method.empty())) {
        const std::string_view asked = planner.path();
        const std::string path = (asked.starts_with('?') ? "/" : "") + std::string{asked};
        found.terms.request = probe::request_head(method, path, planned->authority, route.edits);
    }
    if (question.asks && method != methods.front()) {
        found.terms.note = note_on(method, *planned->profile, question.asked.mark.empty());
    }
    if (planned->profile != nullptr && !question.alone) found.profile = planned->profile->name;
    found.client = to_text(asker);
    return found;
}

}  // namespace countersign::proxy::explain
