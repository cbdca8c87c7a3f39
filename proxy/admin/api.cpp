#include "proxy/admin/api.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <optional>
#include <utility>

#include "certs/printable.hpp"
#include "certs/text/ascii.hpp"
#include "proxy/admin/await.hpp"
#include "proxy/admin/explanation_document.hpp"
#include "proxy/admin/generation_document.hpp"
#include "proxy/admin/json_body.hpp"
#include "proxy/admin/json_document.hpp"
#include "proxy/admin/live_document.hpp"
#include "proxy/admin/page_file.hpp"
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
constexpr auto kBetweenEvents = std::chrono::seconds{1};
/// Streams of events, which stay: the others of the 64 connections are for who asks and goes.
constexpr unsigned kMostWatching = 16;

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

/// "%41" is an A. Nullopt: a percent sign with anything else behind it.
std::optional<std::string> decoded(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        if (text.front() != '%') {
            plain += text.front();
            text.remove_prefix(1);
            continue;
        }
        unsigned octet = 0;
        const char* const digits = text.data() + 1;
        if (text.size() < 3) return std::nullopt;
        const auto [end, error] = std::from_chars(digits, digits + 2, octet, 16);
        if (error != std::errc{} || end != digits + 2) return std::nullopt;
        plain += static_cast<char>(octet);
        text.remove_prefix(3);
    }
    return plain;
}

bool is_one_of(std::string_view methods, std::string_view method) {
    return !method.empty() && method.find(',') == method.npos &&
           (", " + std::string{methods} + ",").find(", " + std::string{method} + ",") !=
               std::string::npos;
}

/// One event of a stream.
std::string event_of(std::string_view name, const json::object& data) {
    return "event: " + std::string{name} + "\ndata: " + json::serialize(data) + "\n\n";
}

}  // namespace

enum class Place {
    session,
    status,
    events,
    inspections,
    certificates,
    certificate,
    profiles,
    explain,
    openapi
};

struct Api::Route {
    std::string_view path;  ///< behind /api/v1/; with a '/' at its end: in front of a name
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
        {"certificates/", "GET, PUT, PATCH, DELETE", Access::read, Place::certificate,
         "PUT, PATCH, DELETE"},
        {"profiles", "GET", Access::read, Place::profiles},
        {"explain", "POST", Access::read, Place::explain},
        {"openapi.json", "GET", Access::enter, Place::openapi},
    };
    path.remove_prefix(kApi.size());
    const auto* const found = std::ranges::find_if(kRoutes, [path](const Route& route) {
        if (!route.path.ends_with('/')) return path == route.path;
        return path.starts_with(route.path) && path.size() > route.path.size();
    });
    return found == std::end(kRoutes) ? nullptr : found;
}

Api::Api(boost::asio::io_context& context, Sources sources)
    : context_{context},
      from_{std::move(sources)},
      hosts_{upstream::dns::NameSources{}.hosts},
      changes_{context, {from_.state, from_.reload}} {}

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
    return refusal_of(asks, call.credentials, access, rules, door_for(call.credentials));
}

bool Api::may_upload(const Caller& caller, const Call& call, const profiles::Listener& rules) {
    const std::string_view path = call.path();
    const Route* const route = path.starts_with(kApi) ? find(path) : nullptr;
    const bool uploads = route != nullptr &&
                         (route->access == Access::edit || !route->changing.empty()) &&
                         (call.method == "POST" || call.method == "PUT");
    return uploads && !refusal_for(caller, call, route, rules);
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
    caller.who = who_asks(call.credentials, door_for(call.credentials));
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
            co_return events(call);
        case Place::inspections:
            co_return co_await changes_.inspect(call);
        case Place::certificates:
            if (call.method == "POST") co_return co_await changes_.create(call, caller);
            co_return certificates();
        case Place::certificate:
            co_return co_await certificate(
                caller, call, path.substr(kApi.size() + route->path.size())
            );
        case Place::profiles:
            co_return profiles();
        case Place::explain:
            co_return explain(call);
        case Place::openapi:
            co_return openapi();
    }
    co_return problem(500, "");
}

awaitable<void> Api::pause(Clock::duration duration) {
    boost::asio::steady_timer timer{context_, duration};
    co_await timer.async_wait(kAwait);
}

/// A stream of events: while it is there, it has one of the places.
class Api::Watch : public EventSource {
public:
    Watch(Api& api, const Credentials& credentials)
        : api_{api},
          watching_{api.watching_},
          cookie_{credentials.cookie},
          authorization_{credentials.authorization} {
        ++*watching_;
    }
    ~Watch() override { --*watching_; }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    awaitable<std::string> next() override {
        if (!std::exchange(first_, false)) co_await api_.pause(kBetweenEvents);
        const Credentials credentials{.authorization = authorization_, .cookie = cookie_};
        if (!api_.may_look(credentials)) co_return std::string{};
        co_await api_.from_.survey.refresh(kForWorkers);
        const metrics::WorkerSnapshot workers = api_.from_.survey.total();
        co_return event_of("live", live_document(api_.from_.measured(workers)));
    }

private:
    Api& api_;
    const std::shared_ptr<unsigned> watching_;
    const std::string cookie_;
    const std::string authorization_;
    bool first_ = true;
};

awaitable<Answer> Api::status() {
    co_await from_.survey.refresh(kForWorkers);
    const metrics::WorkerSnapshot workers = from_.survey.total();
    co_return document(status_document(from_.measured(workers)));
}

Answer Api::events(const Call& call) {
    if (*watching_ >= kMostWatching) {
        return problem(
            503, "So many watch already that there is no place for one more. Try later."
        );
    }
    Answer answer;
    answer.type = "text/event-stream";
    if (call.method == "HEAD") return answer;
    answer.events = std::make_unique<Watch>(*this, call.credentials);
    return answer;
}

const RecordFindings* Api::findings() {
    const auto& generation = from_.state.generation;
    if (findings_ != nullptr && findings_of_.lock() == generation) return findings_.get();
    if (!finding_) {
        finding_ = true;
        boost::asio::post(elsewhere_, [this, generation, stop = stop_.get_token()] {
            std::shared_ptr<const RecordFindings> found;
            try {
                found = std::make_shared<const RecordFindings>(record_findings(
                    generation->configuration(), std::chrono::system_clock::now(), stop
                ));
            } catch (...) {
                log::escaped("lint of the certificate records", std::current_exception());
                found = std::make_shared<const RecordFindings>();
            }
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

awaitable<Answer> Api::certificate(const Caller& caller, const Call& call, std::string_view text) {
    const std::optional<std::string> name = decoded(text);
    const auto generation = from_.state.generation;
    const profiles::CertificateRecord* const record =
        name ? generation->configuration().find_certificate(*name) : nullptr;
    if (record == nullptr) {
        co_return problem(
            404, "There is no certificate record of that name. /api/v1/certificates lists them."
        );
    }
    if (call.method == "PUT") co_return co_await changes_.replace(call, caller, *name);
    if (call.method == "PATCH") co_return co_await changes_.edit(call, caller, *name);
    if (call.method == "DELETE") co_return co_await changes_.remove(call, caller, *name);
    json::object object =
        record_object(*generation, *record, findings(), std::chrono::system_clock::now());
    changes_.describe(object, *record);
    co_return document(object);
}

Answer Api::profiles() const {
    return document(
        {{"profiles", profile_objects(*from_.state.generation, std::chrono::system_clock::now())}}
    );
}

Answer Api::explain(const Call& call) {
    const auto asked = object_in(call.body);
    if (!asked)
        return problem(400, "Send the question as a JSON object: {\"url\": \"http://...\"}.");
    for (const auto& [key, value] : *asked) {
        if (key == "url" || key == "method" || key == "client" || key == "listener") continue;
        return problem(
            400, certs::in_quotes(certs::printable({key.data(), key.size()})) +
                     " is nothing that can be asked; there are url, method, client and listener."
        );
    }
    explain::ImaginedRequest request;
    for (const auto& [key, into] :
         {std::pair{"url", &request.url}, std::pair{"method", &request.method},
          std::pair{"listener", &request.listener}}) {
        const json::string* const text = text_in(*asked, key);
        if (text == nullptr) return problem(400, std::string{key} + " is a text.");
        if (!text->empty()) *into = std::string{text->data(), text->size()};
    }
    const json::string* const client = text_in(*asked, "client");
    if (client == nullptr) return problem(400, "client is a text.");
    if (!client->empty()) request.clients.emplace_back(client->data(), client->size());
    if (request.url.empty()) return problem(400, "Say the url that a client would ask for.");
    const explain::Explanation found = explain::explain(
        from_.state.generation, request, *hosts_.read(), std::chrono::system_clock::now()
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
