#include "proxy/probe/verdict.hpp"

#include "certs/text/phrase.hpp"
#include "proxy/upstream/asked_identity.hpp"

namespace countersign::proxy::probe {

namespace {

using certs::in_quotes;

bool is_reached(const Trial& trial) { return !trial.failure.has_value(); }

/// nginx's own two, and the one with which it and others refuse a client certificate.
bool refuses_in_http(const Trial& trial) {
    return trial.asked && (trial.status == 400 || trial.status == 495 || trial.status == 496);
}

/// What became of the certificate, on a connection that was had.
std::string certificate_part(const Trial& trial) {
    if (!trial.asked) {
        std::string text = "It asks for no client certificate";
        if (!trial.report.identity.empty())
            text += " (" + in_quotes(trial.report.identity) + " was not used)";
        return text;
    }
    if (trial.sent) {
        return "It asked for a client certificate, was sent " + in_quotes(trial.report.identity);
    }
    if (trial.report.identity.empty()) return "It asked for a client certificate, got none";
    return "It asked for a client certificate, got none, since the key of " +
           in_quotes(trial.report.identity) + " makes no signature that it takes,";
}

std::string verified(const Trial& trial) {
    return trial.is_verified ? "The server's certificate is accepted. "
                             : "The server's certificate is not looked at "
                               "(tls.danger_accept_any_server). ";
}

Verdict refusal_in_http(const Trial& trial) {
    std::string text = verified(trial) + certificate_part(trial) + " and answers ";
    text += std::to_string(trial.status);
    text += ", as servers do that finish the handshake first and refuse the certificate then.";
    return {
        false, std::move(text),
        trial.sent ? "Ask the server's operator whether this certificate is registered there and "
                     "which authorities it accepts; the server's log has the reason. If the "
                     "request itself is wrong for this server, try another path, or the method GET."
                   : "Set key_store in the profile to the record of a certificate that the server "
                     "accepts."};
}

/// The proxy does the same: it is reached.
std::string small_hello_part(const Trial& trial) {
    if (!trial.large_hello) return {};
    return " It takes no first message with the key share of a post-quantum group "
           "(X25519MLKEM768), and was asked once more without: it, or a firewall before it, may "
           "want that message in one packet.";
}

Verdict judge_reached(const Trial& trial) {
    if (refuses_in_http(trial)) return refusal_in_http(trial);
    Verdict verdict{true, verified(trial) + certificate_part(trial), {}};
    if (trial.status != 0) {
        verdict.text += " and answers " + std::to_string(trial.status) + ".";
    } else {
        verdict.text += trial.sent ? " and did not refuse it." : ".";
    }
    verdict.text += small_hello_part(trial);
    if (!trial.asked && !trial.report.identity.empty()) {
        verdict.remedy =
            "If it should ask for one, check host, port and path: some servers ask for some paths "
            "only.";
    } else if (trial.asked && upstream::may_refuse_identity(trial.status)) {
        verdict.remedy = "If " + std::to_string(trial.status) +
                         " is not what this path answers to who has no further credentials, the "
                         "server may not accept the identity: its operator can say.";
    } else if (trial.status >= 500) {
        verdict.remedy = "The server has a trouble of its own: show its operator the status.";
    }
    return verdict;
}

Verdict judge_alone(const Trial& trial) {
    if (is_reached(trial)) return judge_reached(trial);
    return {false, trial.failure->reason(), trial.failure->remedy()};
}

/// What the trial without a certificate adds to one with it that failed.
std::string compared(const Trial& trial, const Trial& without) {
    if (is_reached(without)) {
        return without.status == trial.status
                   ? " Without one it answers the same, as it would where it refuses both."
                   : " Without one it answers " + std::to_string(without.status) + ".";
    }
    if (!is_reached(trial) && without.failure->reason() == trial.failure->reason()) {
        return trial.sent ? " Without a client certificate it does the same: the reason may be "
                            "another than the identity."
                          : " Where there is no identity it does the same: that is not the reason.";
    }
    if (without.asked && !without.sent) {
        return " Without a client certificate it refuses, too, and asks for one: the server works, "
               "and does not accept this identity.";
    }
    return " Without a client certificate: " + without.failure->reason();
}

bool is_welcome(const Trial& trial) {
    return judge_alone(trial).good && !upstream::may_refuse_identity(trial.status);
}

/// The first of the others that the server treats better, another identity before none; null: none.
const Trial* better_of(const std::vector<OtherTrial>& others) {
    const Trial* found = nullptr;
    for (const OtherTrial& other : others) {
        if (!is_welcome(other.trial) || other.trial.status >= 500) continue;
        if (!other.trial.report.identity.empty()) return &other.trial;
        found = &other.trial;
    }
    return found;
}

}  // namespace

bool asks_for_comparison(const Trial& trial) {
    if (trial.report.identity.empty()) return false;
    if (is_reached(trial)) return trial.asked && upstream::may_refuse_identity(trial.status);
    if (trial.failure->side() == Side::proxy && !trial.sent) return false;
    switch (trial.failure->code()) {
        case FailureCode::alert_received:
        case FailureCode::tls_protocol:
        case FailureCode::handshake_timeout:
        case FailureCode::response_incomplete:
            return true;
        default:
            return false;
    }
}

Verdict judge(const Trial& trial, const std::vector<OtherTrial>& others) {
    Verdict verdict = judge_alone(trial);
    if (is_welcome(trial) || others.empty()) return verdict;
    if (const Trial* const better = better_of(others)) {
        verdict.good = false;
        verdict.text += better->report.identity.empty()
                            ? std::string{" Without a client certificate it "}
                            : " With " + in_quotes(better->report.identity) + " it ";
        verdict.text += better->status == 0 ? "finishes the handshake"
                                            : "answers " + std::to_string(better->status);
        verdict.text += ": the server works, and ";
        verdict.text += trial.report.identity.empty() ? "wants a client certificate."
                                                      : "does not accept this identity.";
    } else if (!verdict.good && others.front().trial.report.identity.empty()) {
        verdict.text += compared(trial, others.front().trial);
    }
    return verdict;
}

std::string outcome_text(const Trial& trial, std::string_view host) {
    if (trial.failure) return brief_text(*trial.failure, host);
    std::string text = trial.status == 0 ? "handshake" : std::to_string(trial.status);
    if (trial.report.tls) text += ", " + trial.report.tls->version;
    if (!trial.asked) return text + ", no client certificate asked for";
    return text + (trial.sent ? ", client certificate sent" : ", no client certificate sent");
}

}  // namespace countersign::proxy::probe
