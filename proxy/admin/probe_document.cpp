#include "proxy/admin/probe_document.hpp"

#include <utility>

#include "certs/certificate.hpp"
#include "certs/text/word.hpp"
#include "proxy/admin/certificate_facts.hpp"
#include "proxy/admin/json_document.hpp"
#include "proxy/tls/certificate_verdict.hpp"

namespace countersign::proxy::admin {

namespace {

namespace json = boost::json;
using tls::HandshakeTranscript;

double milliseconds_of(std::chrono::microseconds duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

json::value failure_value(const Failure* failure) {
    if (failure == nullptr) return nullptr;
    const FailureRow row = row_of(failure->code());
    json::object object{
        {"stage", json_text(row.stage)},
        {"error", json_text(row.proxy_error)},
        {"side", json_text(certs::word_for(kSides, failure->side()))},
        {"status", row.status},
        {"reason", json_text(failure->reason())},
        {"remedy", json_text(failure->remedy())},
    };
    if (failure->alert()) object["alert"] = *failure->alert();
    return object;
}

json::object certificate_object(
    const HandshakeTranscript& seen, const X509* one, std::chrono::system_clock::time_point now
) {
    json::object object = certificate_facts(one, now);
    object["verdict"] = json_text(tls::certificate_verdict(seen, one, now));
    return object;
}

json::object said_object(const HandshakeTranscript::Said& said) {
    json::object object{
        {"by", said.by_server ? "server" : "proxy"},
        {"what", json_text(said.what)},
        {"after_ms", milliseconds_of(said.at)},
    };
    if (said.alert) {
        object["alert"] = *said.alert;
        object["alert_name"] = json_text(alert_name(*said.alert));
    } else {
        object["bytes"] = said.bytes;
    }
    return object;
}

json::object handshake_object(
    const HandshakeTranscript& seen, std::chrono::system_clock::time_point now
) {
    json::object object{
        {"version", json_text(seen.version)},        {"suite", json_text(seen.suite)},
        {"key_exchange", json_text(seen.group)},     {"alpn", json_text(seen.alpn)},
        {"said", json_list(seen.said, said_object)},
    };
    json::array chain;
    for (const certs::X509Handle& one : seen.shown) {
        chain.push_back(certificate_object(seen, one.get(), now));
    }
    object["chain"] = std::move(chain);
    object["trusted_by"] =
        seen.verified.empty()
            ? json::value(nullptr)
            : json::value(json_text(certs::subject_of(seen.verified.back().get())));
    if (seen.asked) {
        object["asked"] = json::object{
            {"issuers", json_list(seen.asked->issuers)},
            {"signatures", json_list(seen.asked->signatures)},
            {"key_types", json_list(seen.asked->key_types)},
        };
    } else {
        object["asked"] = nullptr;
    }
    if (seen.given) {
        object["sent"] = json::object{
            {"certificates", seen.given->certificates},
            {"signature", json_text(seen.given->signature)},
        };
    } else {
        object["sent"] = nullptr;
    }
    return object;
}

json::object trial_object(const probe::Trial& trial, std::chrono::system_clock::time_point now) {
    const auto text_of = [](const profiles::IpAddress& one) { return json_text(one.to_text()); };
    json::object object{
        {"identity", json_text(trial.report.identity)},
        {"fingerprint", json_text(trial.report.fingerprint)},
        {"addresses", json_list(trial.report.reached.found, text_of)},
        {"address", json_text(trial.report.times.address)},
        {"resolve_ms", milliseconds_of(trial.report.times.resolve)},
        {"connect_ms", milliseconds_of(trial.report.times.connect)},
        {"handshake_ms", milliseconds_of(trial.report.times.handshake)},
        {"handshake_complete", trial.report.complete},
        {"certificate_asked", trial.asked},
        {"certificate_sent", trial.sent},
        {"failure", failure_value(trial.failure ? &*trial.failure : nullptr)},
        {"large_hello_failure", failure_value(trial.large_hello ? &*trial.large_hello : nullptr)},
    };
    json::array attempts;
    for (const upstream::DialAttempt& one : trial.report.reached.attempts) {
        attempts.push_back(json::object{
            {"address", text_of(one.address)},
            {"errno", one.error},
            {"took_ms", milliseconds_of(one.took)},
        });
    }
    object["attempts"] = std::move(attempts);
    object["forbidden"] = json_list(trial.report.reached.objections, [](const auto& one) {
        return json_text(one.text);
    });
    if (trial.status != 0) object["answer_ms"] = milliseconds_of(trial.wait);
    object["answer"] = trial.status == 0 ? json::value(nullptr) : json::value(trial.status);
    object["handshake"] = trial.report.tls ? json::value(handshake_object(*trial.report.tls, now))
                                           : json::value(nullptr);
    return object;
}

json::object verdict_object(const probe::Verdict& verdict) {
    return {
        {"ok", verdict.good},
        {"text", json_text(verdict.text)},
        {"remedy", json_text(verdict.remedy)},
    };
}

}  // namespace

json::object probe_document(
    const std::string& url, const std::string& profile, const probe::TrialTerms& terms,
    const probe::Trial& trial, const std::vector<probe::OtherTrial>& others,
    const probe::Verdict& verdict, std::chrono::system_clock::time_point now
) {
    json::object document{
        {"url", json_text(url)},
        {"profile", profile.empty() ? json::value(nullptr) : json::value(json_text(profile))},
        {"host", json_text(terms.host)},
        {"port", terms.port},
        {"method",
         terms.request.empty() ? json::value(nullptr) : json::value(json_text(terms.method))},
        {"note", json_text(terms.note)},
        {"verdict", verdict_object(verdict)},
        {"trial", trial_object(trial, now)},
    };
    document["others"] = json_list(others, [now](const probe::OtherTrial& other) {
        return json::object{
            {"with", json_text(other.with)}, {"trial", trial_object(other.trial, now)}};
    });
    return document;
}

json::object refusal_document(const std::string& url, const Failure& refusal) {
    return {
        {"url", json_text(url)},
        {"verdict", verdict_object({false, refusal.reason(), refusal.remedy()})},
        {"refused", failure_value(&refusal)},
    };
}

}  // namespace countersign::proxy::admin
