#include "proxy/upstream/handshake_account.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/make/key_pair.hpp"
#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/tls/certificate_verdict.hpp"
#include "proxy/tls/offer.hpp"
#include "proxy/upstream/connect_failure.hpp"

namespace countersign::proxy::upstream {

namespace {

/// Of a list that a server may make as long as it likes.
constexpr std::size_t kMostTold = 25;

void add_certificate(
    const tls::HandshakeTranscript& seen, std::size_t index,
    std::chrono::system_clock::time_point now, Account& lines
) {
    const X509* const one = seen.shown[index].get();
    std::string text = std::to_string(index + 1) + " " + certs::in_quotes(certs::subject_of(one));
    const std::string verdict = tls::certificate_verdict(seen, one, now);
    if (!verdict.empty()) text += ": " + verdict;
    lines.push_back({index == 0 ? "chain" : "", std::move(text)});
    std::string facts = "  of " + certs::in_quotes(certs::issuer_of(one)) + ", ";
    facts += certs::public_key_text(one) + ", " + certs::date_text(certs::not_before_of(one));
    facts += " to " + certs::date_text(certs::not_after_of(one));
    lines.push_back({"", std::move(facts), true});
    lines.push_back({"", "  SHA-256 " + certs::fingerprint_of(one), true});
    if (index > 0) return;
    const std::vector<std::string> names = certs::subject_alt_names_of(one);
    lines.push_back(
        {"",
         names.empty() ? "  no subject alternative name"
                       : "  for " + certs::printable_list(names, ", ", kMostTold),
         true}
    );
}

void add_chain(
    const HandshakeReport& report, const AccountTerms& terms,
    std::chrono::system_clock::time_point now, Account& lines
) {
    const tls::HandshakeTranscript& seen = *report.tls;
    for (std::size_t i = 0; i < std::min(seen.shown.size(), kMostTold); ++i) {
        add_certificate(seen, i, now, lines);
    }
    if (seen.shown.size() > kMostTold) {
        lines.push_back({"", "… and " + std::to_string(seen.shown.size() - kMostTold) + " more"});
    }
    if (!seen.verified.empty()) {
        const X509* const anchor = seen.verified.back().get();
        lines.push_back({"trusted by", certs::in_quotes(certs::subject_of(anchor))});
    } else if (report.complete) {
        lines.push_back(
            {"trusted by", "nothing: no server is verified (tls.danger_accept_any_server)"}
        );
    } else if (!seen.shown.empty()) {
        lines.push_back({"trust", terms.tls.trust().describe()});
    }
}

/// Whether the identity is of one of the authorities that the server names.
void add_whether_ours(
    const std::vector<std::string>& named, const certs::Identity& identity, Account& lines
) {
    std::vector<std::string> ours{certs::issuer_of(identity.leaf())};
    for (const certs::X509Handle& above : identity.chain()) {
        ours.push_back(certs::issuer_of(above.get()));
    }
    const auto match = std::ranges::find_first_of(ours, named);
    lines.push_back(
        {"", match == ours.end()
                 ? "none of them is above " + certs::in_quotes(identity.subject()) +
                       ", which is of " + certs::in_quotes(ours.front())
                 : certs::in_quotes(*match) + " is above " + certs::in_quotes(identity.subject())}
    );
}

void add_request_for_certificate(
    const HandshakeReport& report, const AccountTerms& terms, Account& lines
) {
    const auto& asked = report.tls->asked;
    if (!asked) {
        if (report.complete) lines.push_back({"asks", "for no client certificate"});
        return;
    }
    lines.push_back(
        {"asks",
         "for a client certificate of " +
             (asked->issuers.empty() ? std::string{"any authority"}
                                     : certs::printable_list(asked->issuers, "; ", kMostTold))}
    );
    if (const certs::Identity* identity = terms.tls.identity();
        identity != nullptr && !asked->issuers.empty()) {
        add_whether_ours(asked->issuers, *identity, lines);
    }
    if (!asked->key_types.empty()) {
        lines.push_back(
            {"", "keys: " + certs::printable_list(asked->key_types, ", ", kMostTold), true}
        );
    }
    if (!asked->signatures.empty()) {
        lines.push_back(
            {"", "signatures: " + certs::printable_list(asked->signatures, ", ", kMostTold), true}
        );
    }
}

void add_given(const HandshakeReport& report, const AccountTerms& terms, Account& lines) {
    const auto& given = report.tls->given;
    if (!given) return;
    if (given->certificates == 0) {
        lines.push_back(
            {"sent", report.identity.empty()
                         ? std::string{"no certificate: there is no identity"}
                         : "no certificate: the key of " + certs::in_quotes(report.identity) +
                               " makes none of the signatures that both sides take"}
        );
        return;
    }
    const certs::Identity& identity = *terms.tls.identity();
    std::string text = certs::in_quotes(report.identity) + ", ";
    text += certs::public_key_text(identity.leaf());
    if (given->certificates > 1) {
        text += ", with " + certs::counted(given->certificates - 1, "certificate") + " above it";
    }
    if (!given->signature.empty()) text += ", proven by " + given->signature;
    lines.push_back({"sent", std::move(text)});
}

std::string attempt_text(const DialAttempt& attempt) {
    switch (attempt.error) {
        case 0:
            return "connected";
        case ECONNREFUSED:
            return "refused";
        case ETIMEDOUT:
            return "did not answer";
        case ECANCELED:
            return "was given up, since another address was first,";
        default:
            return "failed (" + std::string{std::strerror(attempt.error)} + ")";
    }
}

Account reaching_lines(
    const ReachSteps& reached, const ConnectReport& times, const addresses::Goal& goal
) {
    Account lines = name_lines(reached, times);
    for (const DialAttempt& attempt : reached.attempts) {
        const bool first = &attempt == &reached.attempts.front();
        lines.push_back({first ? "connect" : "", dialled_text(attempt, goal)});
    }
    return lines;
}

HandshakeReport report_of(const Beginning& beginning, const certs::Identity* identity) {
    HandshakeReport report;
    if (identity != nullptr) {
        report.identity = identity->subject();
        report.fingerprint = identity->fingerprint();
    }
    report.reached = beginning.reached;
    report.times = beginning.times;
    report.complete = beginning.complete;
    report.tls = beginning.watch.seen();
    return report;
}

void append(Account&& more, Account& lines) { std::ranges::move(more, std::back_inserter(lines)); }

void add_said(const tls::HandshakeTranscript& seen, Account& lines) {
    for (const tls::HandshakeTranscript::Said& said : seen.said) {
        const bool first = &said == &seen.said.front();
        lines.push_back({first ? "said" : "", said_text(said)});
    }
}

}  // namespace

std::string milliseconds_text(std::chrono::microseconds duration) {
    char text[32];
    std::snprintf(
        text, sizeof text, "%.1f ms", std::chrono::duration<double, std::milli>(duration).count()
    );
    return text;
}

std::string said_text(const tls::HandshakeTranscript::Said& said) {
    std::string text = (said.by_server ? "<- " : "-> ") + said.what;
    if (said.alert) {
        const std::string_view name = alert_name(*said.alert);
        text += " ";
        text += name.empty() ? "unknown" : name;
        text += " (" + std::to_string(*said.alert) + ")";
    }
    return text + " after " + milliseconds_text(said.at);
}

Account name_lines(const ReachSteps& steps, const ConnectReport& times) {
    Account lines;
    const bool literal = profiles::IpAddress::parse(steps.name).has_value();
    if (!steps.found.empty() && !literal) {
        std::string text = steps.name + " is ";
        text += certs::joined(steps.found, [](const auto& one) { return one.to_text(); });
        lines.push_back({"name", text + " (" + milliseconds_text(times.resolve) + ")"});
    }
    for (const auto& objection : steps.objections) {
        lines.push_back({"", "forbidden: " + objection.text});
    }
    return lines;
}

std::string dialled_text(const DialAttempt& attempt, const addresses::Goal& goal) {
    const auto at = profiles::authority_text(attempt.address.to_text(), goal.dial_port());
    return at.text() + " " + attempt_text(attempt) + " after " + milliseconds_text(attempt.took);
}

std::string offer_text(const AccountTerms& terms) {
    const profiles::TlsRules& rules = terms.tls.rules();
    const std::string name{rules.server_name ? *rules.server_name : terms.goal.host};
    const bool announced = rules.offer.server_name && !profiles::IpAddress::parse(name).has_value();
    return tls::versions_text(rules) + (announced ? ", for the name " + name : ", without a name");
}

Account server_lines(
    const HandshakeReport& report, const AccountTerms& terms,
    std::chrono::system_clock::time_point now
) {
    Account lines;
    const tls::HandshakeTranscript& seen = *report.tls;
    if (!seen.version.empty()) {
        std::string chosen = seen.version + ", " + seen.suite;
        if (!seen.group.empty()) chosen += ", key exchange " + seen.group;
        if (!seen.alpn.empty()) chosen += ", " + seen.alpn;
        lines.push_back({"chosen", std::move(chosen)});
    }
    add_chain(report, terms, now, lines);
    return lines;
}

Account client_lines(const HandshakeReport& report, const AccountTerms& terms) {
    Account lines;
    add_request_for_certificate(report, terms, lines);
    add_given(report, terms, lines);
    return lines;
}

std::shared_ptr<const Account> account_of(
    const ReachSteps& reached, const ConnectReport& times, const addresses::Goal& goal
) {
    Account lines = reaching_lines(reached, times, goal);
    return lines.empty() ? nullptr : std::make_shared<const Account>(std::move(lines));
}

std::shared_ptr<const Account> account_of(const Beginning& beginning, const Origin& origin) {
    const HandshakeReport report = report_of(beginning, origin.key.tls->identity());
    const AccountTerms terms{origin.goal(), *origin.key.tls};
    Account lines = reaching_lines(report.reached, report.times, terms.goal);
    lines.push_back({"offers", offer_text(terms)});
    append(server_lines(report, terms, std::chrono::system_clock::now()), lines);
    append(client_lines(report, terms), lines);
    add_said(*report.tls, lines);
    return std::make_shared<const Account>(std::move(lines));
}

}  // namespace countersign::proxy::upstream
