#include "proxy/admin/calls.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "certs/printable.hpp"
#include "proxy/admin/configuration_document.hpp"
#include "proxy/admin/readiness.hpp"
#include "proxy/admin/status_document.hpp"

namespace countersign::proxy::admin {

namespace {

using boost::asio::awaitable;

/// So long a worker may take for its numbers; then its last ones are told.
constexpr auto kPatience = std::chrono::seconds{1};

enum class Name { index, healthz, readyz, metrics, status, config, reload, drain, quit, log };

struct Route {
    std::string_view method;
    std::string_view path;
    Access access;
    Name name;
    std::string_view help;
};

constexpr Route kRoutes[] = {
    {"GET", "/", Access::watch, Name::index, "this list"},
    {"GET", "/healthz", Access::watch, Name::healthz, "200 while the workers turn"},
    {"GET", "/readyz", Access::watch, Name::readyz, "200 where traffic may come, else 503 and why"},
    {"GET", "/metrics", Access::watch, Name::metrics, "for Prometheus"},
    {"GET", "/status", Access::read, Name::status,
     "what serves, identities, the last reload (JSON)"},
    {"GET", "/config", Access::read, Name::config, "the configuration in force (JSON)"},
    {"POST", "/reload", Access::change, Name::reload, "reads the configuration and all files anew"},
    {"POST", "/drain", Access::change, Name::drain, "ends the process as SIGTERM does"},
    {"POST", "/quit", Access::change, Name::quit, "ends it as soon as what runs has finished"},
    {"POST", "/log", Access::change, Name::log,
     "?level=debug: until the configuration is read again"},
};

std::string list_of_calls() {
    std::string text = "Countersign";
    for (const Route& route : kRoutes) {
        text += "\n  " + std::string{route.method} + std::string(5 - route.method.size(), ' ') +
                std::string{route.path} + std::string(10 - route.path.size(), ' ') +
                std::string{route.help};
    }
    text += "\n  GET  /api/v1/... the same for programs; /api/v1/openapi.json says what there is";
    return text;
}

Answer ends(const ProcessState& state, std::string text, const std::function<void()>& action) {
    Answer answer = plain(200, state.draining ? "It is stopping already." : std::move(text));
    answer.then = action;
    return answer;
}

}  // namespace

awaitable<Answer> Calls::answer(const Caller& caller, const Call& call) {
    const std::string_view path = call.path();
    const auto* const route = std::ranges::find(kRoutes, path, &Route::path);
    const bool known = route != std::end(kRoutes);
    const generation::Generation& generation = *from_.state.generation;
    const auto& rules = generation.configuration().admin.listener;
    if (!rules) co_return plain(403, "Nobody is answered here any more (admin: off).");
    if (api_.has(path)) co_return co_await api_.answer(caller, call, *rules);
    auto refusal = refusal_of(
        caller, call.credentials, known ? route->access : Access::watch, *rules,
        {.token = generation.admin_token()}
    );
    if (refusal) co_return plain(refusal->status, std::move(refusal->reason));
    if (!known) {
        co_return plain(
            404, "There is no " + certs::printable(path) + " here. There are:\n" + list_of_calls()
        );
    }
    if (!is_asked_with(call, route->method)) {
        co_return wrong_method(call, std::string{route->method});
    }
    switch (route->name) {
        case Name::index:
            co_return plain(200, list_of_calls());
        case Name::healthz:
            co_return healthz();
        case Name::readyz:
            co_return readyz();
        case Name::metrics:
            co_return co_await metrics(call.accept);
        case Name::status:
            co_return co_await status();
        case Name::config:
            co_return config();
        case Name::reload:
            co_return co_await reload();
        case Name::drain:
            co_return ends(from_.state, "Draining.", from_.actions.drain);
        case Name::quit:
            co_return ends(
                from_.state, "Ending as soon as what runs has finished.", from_.actions.quit
            );
        case Name::log:
            co_return log_level(call.target.substr(path.size()));
    }
    co_return plain(500, "");
}

bool Calls::may_connect(const Caller& caller) const {
    const auto& rules = from_.state.generation->configuration().admin.listener;
    return rules && caller.may_connect(*rules);
}

Answer Calls::healthz() {
    from_.survey.ask();
    const auto lags = from_.survey.lags();
    for (std::size_t i = 0; i < lags.size(); ++i) {
        if (!lags[i] || *lags[i] < WorkerSurvey::kStandstill) continue;
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*lags[i]);
        return plain(
            503, "Worker " + std::to_string(i) + " has not come to answer for " +
                     std::to_string(seconds.count()) + " s."
        );
    }
    return plain(200, "ok");
}

Answer Calls::readyz() const {
    std::vector<std::string> why = not_ready_because(from_.state, std::chrono::system_clock::now());
    const bool ready = why.empty();
    if (ready) why.emplace_back("ready");
    std::ranges::move(ready_although(from_.state), std::back_inserter(why));
    return plain(ready ? 200 : 503, lines_of(why));
}

Measured Calls::measured(const metrics::WorkerSnapshot& workers) const {
    Measured measured{from_.state, workers};
    for (const auto& lag : from_.survey.lags()) measured.lags.emplace_back(lag);
    measured.usage = ProcessUsage::now();
    measured.access_log_dropped = from_.access_log.dropped_bytes();
    measured.program_log_dropped = from_.program_log.dropped_bytes();
    measured.now = std::chrono::system_clock::now();
    return measured;
}

awaitable<Answer> Calls::metrics(std::string_view accept) {
    const bool open = accept.find("application/openmetrics-text") != std::string_view::npos;
    co_await from_.survey.refresh(kPatience);
    const metrics::WorkerSnapshot workers = from_.survey.total();
    Answer answer;
    answer.body = metrics_page(
        measured(workers), open ? MetricsFormat::open_metrics : MetricsFormat::prometheus
    );
    answer.type = open ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                       : "text/plain; version=0.0.4; charset=utf-8";
    co_return answer;
}

awaitable<Answer> Calls::status() {
    co_await from_.survey.refresh(kPatience);
    const metrics::WorkerSnapshot workers = from_.survey.total();
    co_return document(status_document(measured(workers)));
}

Answer Calls::config() const {
    return document(configuration_document(from_.state.generation->configuration()));
}

awaitable<Answer> Calls::reload() {
    if (from_.state.draining) co_return plain(409, "It is stopping: nothing is loaded any more.");
    auto result = co_await reloaded(context_, from_.actions.reload);
    if (!result) {
        co_return plain(202, "The reload is not over yet; /status tells what comes of it.");
    }
    if (result->adopted) co_return plain(200, "Reloaded.");
    result->problems.emplace_back("Not reloaded; what was loaded before goes on.");
    co_return plain(422, lines_of(result->problems));
}

std::uint64_t Calls::most_body(const Caller& caller, const Call& call) {
    const auto& rules = from_.state.generation->configuration().admin.listener;
    const bool uploads = rules && api_.may_upload(caller, call, *rules);
    return uploads ? Api::kMostUpload : kMostBody;
}

/// Whose session has ended hears that: it is why so little is taken.
Answer Calls::too_long(const Caller& caller, const Call& call, std::uint64_t most) {
    const auto& rules = from_.state.generation->configuration().admin.listener;
    const bool is_api = api_.has(call.path());
    const auto refusal = rules && is_api ? api_.refusal(caller, call, *rules) : std::nullopt;
    if (refusal) return problem(refusal->status, refusal->reason);
    std::string text =
        "The body is longer than the " + std::to_string(most / 1024) + " KiB that are taken here.";
    if (most == Api::kMostUpload) {
        text +=
            " A key store, or a list of certificates, is seldom longer than 100 KiB: see that "
            "it is the right file.";
    }
    return is_api ? problem(413, text) : plain(413, std::move(text));
}

Answer Calls::log_level(std::string_view query) {
    constexpr std::string_view kLevel = "?level=";
    for (const auto& [word, level] : profiles::kLogLevels) {
        if (query != std::string{kLevel} + std::string{word}) continue;
        log::set_level(level);
        log::info("log.level is {} until the configuration is read again: so asked", word);
        return plain(
            200, "The level is " + std::string{word} + " until the configuration is read again."
        );
    }
    return plain(400, "Say the level: /log?level=debug, or info, warning, error.");
}

}  // namespace countersign::proxy::admin
