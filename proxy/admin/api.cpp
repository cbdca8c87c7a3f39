#include "proxy/admin/api.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <utility>

#include "certs/printable.hpp"
#include "certs/text/ascii.hpp"
#include "proxy/admin/api_path.hpp"
#include "proxy/admin/await.hpp"
#include "proxy/admin/explanation_document.hpp"
#include "proxy/admin/generation_document.hpp"
#include "proxy/admin/json_body.hpp"
#include "proxy/admin/json_document.hpp"
#include "proxy/admin/page_file.hpp"
#include "proxy/admin/percent_decoded.hpp"
#include "proxy/admin/question_body.hpp"
#include "proxy/admin/record_document.hpp"
#include "proxy/admin/status_document.hpp"
#include "proxy/explain/explanation.hpp"
#include "proxy/http/field_value.hpp"
#include "proxy/log/log.hpp"
#include "proxy/upstream/dns/name_files.hpp"

namespace countersign::proxy::admin {

namespace {

namespace json = boost::json;
using boost::asio::awaitable;

constexpr std::string_view kApi = "/api/v1/";
constexpr std::string_view kConsole = "/console/";
constexpr auto kForWorkers = std::chrono::seconds{1};

bool is_json(std::string_view type) {
    return certs::same_ignoring_case(
        proxy::http::trim(type.substr(0, type.find(';'))), "application/json"
    );
}

Answer console(const Call& call) {
    if (!is_asked_with(call, "GET")) return wrong_method(call, "GET");
    const std::string_view path = call.path();
    if (path.size() < kConsole.size()) {
        Answer answer = plain(308, "The console is at /console/.");
        answer.location = kConsole;
        return answer;
    }
    const PageFile* const file = find_page(path.substr(kConsole.size()));
    if (file == nullptr) return plain(404, "The console has no such file.");
    Answer answer;
    answer.body = file->bytes;
    answer.type = file->type;
    answer.is_page = true;
    return answer;
}

bool is_one_of(std::string_view methods, std::string_view method) {
    return !method.empty() && method.find(',') == method.npos &&
           (", " + std::string{methods} + ",").find(", " + std::string{method} + ",") !=
               std::string::npos;
}

}  // namespace

enum class Api::Place {
    session,
    status,
    events,
    inspections,
    certificates,
    certificate,
    key_pairs,
    request,
    reply,
    profiles,
    profile,
    profile_previews,
    probes,
    explain,
    exchanges,
    exchange,
    openapi
};

struct Api::Route {
    std::string_view path;  ///< behind /api/v1/; '*': a name, as it stands in a path
    std::string_view methods;
    Access access;
    Place place;
    std::string_view changing = {};  ///< those of the methods that want Access::edit
};

bool Api::allows(const Route& route, const Call& call) {
    return is_one_of(route.methods, call.method == "HEAD" ? "GET" : call.method);
}

const Api::Route* Api::find(std::string_view path) {
    static constexpr Route kRoutes[] = {
        {"session", "GET, POST, DELETE", Access::enter, Place::session},
        {"status", "GET", Access::read, Place::status},
        {"events", "GET", Access::read, Place::events},
        {"inspections", "POST", Access::edit, Place::inspections},
        {"certificates", "GET, POST", Access::read, Place::certificates, "POST"},
        {"certificates/*/request", "GET", Access::edit, Place::request},
        {"certificates/*/reply", "POST", Access::edit, Place::reply},
        {"certificates/*", "GET, PUT, PATCH, DELETE", Access::read, Place::certificate,
         "PUT, PATCH, DELETE"},
        {"key-pairs", "POST", Access::edit, Place::key_pairs},
        {"profiles", "GET, POST", Access::read, Place::profiles, "POST"},
        {"profiles/*", "GET, PUT, DELETE", Access::read, Place::profile, "PUT, DELETE"},
        {"profile-previews", "POST", Access::edit, Place::profile_previews},
        {"probes", "POST", Access::edit, Place::probes},
        {"explain", "POST", Access::read, Place::explain},
        {"exchanges", "GET", Access::read, Place::exchanges},
        {"exchanges/*", "GET", Access::read, Place::exchange},
        {"openapi.json", "GET", Access::enter, Place::openapi},
    };
    path.remove_prefix(kApi.size());
    const auto* const found = std::ranges::find_if(kRoutes, [path](const Route& route) {
        const bool has_name = route.path.find('*') != std::string_view::npos;
        return has_name ? !name_in(path, route.path).empty() : path == route.path;
    });
    return found == std::end(kRoutes) ? nullptr : found;
}

Api::Api(boost::asio::io_context& context, Sources sources)
    : context_{context},
      from_{std::move(sources)},
      hosts_{upstream::dns::NameSources{}.hosts},
      changes_{context, {from_.state, from_.reload}},
      probes_{context, from_.state} {}

bool Api::has(std::string_view path) const {
    const bool console = from_.state.generation->configuration().console.enabled;
    return path.starts_with(kApi) ||
           (console && (path == "/console" || path.starts_with(kConsole)));
}

std::optional<Refusal> Api::refusal_for(
    const Caller& caller, const Call& call, const Route* route, const profiles::Listener& rules
) {
    // Through a unix socket, too: an SSH tunnel may lead a browser there.
    Caller asks = caller;
    if (std::exchange(asks.is_unix, false)) asks.address = *profiles::IpAddress::parse("127.0.0.1");
    Access access = route != nullptr ? route->access : Access::enter;
    if (route != nullptr && is_one_of(route->changing, call.method)) access = Access::edit;
    return refusal_of(asks, call.credentials, access, rules, door_for(caller, call.credentials));
}

bool Api::may_upload(const Caller& caller, const Call& call, const profiles::Listener& rules) {
    const std::string_view path = call.path();
    const Route* const route = path.starts_with(kApi) ? find(path) : nullptr;
    const bool uploads = route != nullptr &&
                         (route->access == Access::edit || !route->changing.empty()) &&
                         (call.method == "POST" || call.method == "PUT");
    return uploads && !refusal_for(caller, call, route, rules);
}

std::optional<Refusal> Api::refusal(
    const Caller& caller, const Call& call, const profiles::Listener& rules
) {
    const std::string_view path = call.path();
    return refusal_for(caller, call, path.starts_with(kApi) ? find(path) : nullptr, rules);
}

awaitable<Answer> Api::answer(
    const Caller& comes, const Call& call, const profiles::Listener& rules
) {
    const std::string_view path = call.path();
    const bool is_api = path.starts_with(kApi);
    const Route* const route = is_api ? find(path) : nullptr;
    const auto refusal = refusal_for(comes, call, route, rules);
    if (refusal) co_return problem(refusal->status, refusal->reason);
    Caller caller = comes;
    caller.who = who_asks(call.credentials, door_for(comes, call.credentials));
    if (!is_api) co_return console(call);
    if (route == nullptr) {
        co_return problem(
            404,
            "There is no " + certs::printable(path) + "; /api/v1/openapi.json says what there is."
        );
    }
    if (!allows(*route, call)) {
        Answer answer = problem(405, "It is asked with " + std::string{route->methods} + ".");
        answer.allow = route->methods;
        co_return answer;
    }
    const bool has_body = call.method == "POST" || call.method == "PUT" || call.method == "PATCH";
    if (has_body && !is_json(call.content_type)) {
        co_return problem(415, "Send JSON: Content-Type: application/json.");
    }
    switch (route->place) {
        case Place::session:
            if (!from_.state.generation->configuration().console.enabled) {
                co_return problem(
                    404,
                    "There is no console to sign in to. Show the token: Authorization: Bearer "
                    "TOKEN. To have one: console: { enabled: true }."
                );
            }
            co_return co_await session(caller, call);
        case Place::status:
            co_return co_await status();
        case Place::events:
            co_return events(caller, call);
        case Place::inspections:
            co_return co_await records_.inspect(call);
        case Place::certificates:
            if (call.method == "POST") co_return co_await records_.create(call, caller);
            co_return certificates();
        case Place::key_pairs:
            co_return co_await records_.make_key_pair(call, caller);
        case Place::certificate:
        case Place::request:
        case Place::reply:
            co_return co_await certificate(
                caller, call, route->place, name_in(path.substr(kApi.size()), route->path)
            );
        case Place::profiles:
            if (call.method == "POST") co_return co_await profile_changes_.create(call, caller);
            co_return profiles();
        case Place::profile:
            co_return co_await profile(
                caller, call, name_in(path.substr(kApi.size()), route->path)
            );
        case Place::profile_previews:
            co_return co_await profile_changes_.preview(call);
        case Place::probes:
            co_return probes_.begin(
                call, caller,
                [this, comes, credentials = KeptCredentials{call.credentials}] {
                    return refusal_to_go_on(Access::edit, comes, credentials.view());
                }
            );
        case Place::explain:
            co_return explain(call);
        case Place::exchanges:
            co_return co_await exchanges(call);
        case Place::exchange:
            co_return co_await exchange(name_in(path.substr(kApi.size()), route->path));
        case Place::openapi:
            co_return openapi();
    }
    co_return problem(500, "");
}

awaitable<void> Api::pause(Clock::duration duration) {
    boost::asio::steady_timer timer{context_, duration};
    co_await timer.async_wait(kAwait);
}

awaitable<Answer> Api::status() {
    co_await from_.survey.refresh(kForWorkers);
    const metrics::WorkerSnapshot workers = from_.survey.total();
    co_return document(status_document(from_.measured(workers)));
}

const RecordFindings* Api::findings() {
    const auto& generation = from_.state.generation;
    if (findings_ != nullptr && findings_of_.lock() == generation) return findings_.get();
    if (!finding_) {
        finding_ = true;
        boost::asio::post(elsewhere_, [this, generation, stop = stop_.get_token()] {
            auto found = std::make_shared<const RecordFindings>(
                record_findings(generation->configuration(), std::chrono::system_clock::now(), stop)
            );
            boost::asio::post(context_, [this, generation, found = std::move(found)] {
                finding_ = false;
                findings_ = found;
                findings_of_ = generation;
            });
        });
    }
    return nullptr;
}

Answer Api::certificates() {
    return document(
        {{"certificates",
          record_objects(*from_.state.generation, findings(), std::chrono::system_clock::now())}}
    );
}

awaitable<Answer> Api::certificate(
    const Caller& caller, const Call& call, Place place, std::string_view text
) {
    const std::optional<std::string> name = percent_decoded(text);
    const auto generation = from_.state.generation;
    const profiles::CertificateRecord* const record =
        name ? generation->configuration().find_certificate(*name) : nullptr;
    if (record == nullptr) {
        co_return problem(
            404, "There is no certificate record of that name. /api/v1/certificates lists them."
        );
    }
    if (place == Place::request) co_return co_await records_.request(*name);
    if (place == Place::reply) co_return co_await records_.take_reply(call, caller, *name);
    if (call.method == "PUT") co_return co_await records_.replace(call, caller, *name);
    if (call.method == "PATCH") co_return co_await records_.edit(call, caller, *name);
    if (call.method == "DELETE") co_return co_await records_.remove(call, caller, *name);
    json::object object =
        record_object(*generation, *record, findings(), std::chrono::system_clock::now());
    records_.describe(object, *record);
    co_return document(object);
}

Answer Api::profiles() const {
    return document(
        {{"profiles", profile_objects(*from_.state.generation, std::chrono::system_clock::now())}}
    );
}

awaitable<Answer> Api::profile(const Caller& caller, const Call& call, std::string_view text) {
    std::string name = percent_decoded(text).value_or("");
    if (call.method == "PUT") co_return co_await profile_changes_.replace(call, caller, name);
    if (call.method == "DELETE") co_return co_await profile_changes_.remove(call, caller, name);
    co_return co_await profile_changes_.show(name);
}

Answer Api::explain(const Call& call) {
    const auto request = imagined_request_in(call.body);
    if (!request) return problem(400, request.error());
    const explain::Explanation found = explain::explain(
        from_.state.generation, *request, *hosts_.read(), std::chrono::system_clock::now()
    );
    if (!found.error.empty()) return problem(400, found.error);
    return document(explanation_document(found));
}

Answer Api::openapi() {
    Answer answer;
    answer.body = api_description();
    answer.type = "application/json";
    return answer;
}

}  // namespace countersign::proxy::admin
