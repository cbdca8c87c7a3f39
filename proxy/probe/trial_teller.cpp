#include "proxy/probe/trial_teller.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace countersign::proxy::probe {

void TrialTeller::tell_lines(const Account& lines) const {
    for (const AccountLine& one : lines) tell_(one.name, one.text);
}

void TrialTeller::on_reaching(const Trial& trial) {
    if (!std::exchange(told_name_, true)) {
        tell_lines(upstream::name_lines(trial.report.reached, trial.report.times));
    }
    const auto& attempts = trial.report.reached.attempts;
    for (; told_attempts_ < attempts.size(); ++told_attempts_) {
        tell_(
            told_attempts_ == 0 ? "connect" : "",
            upstream::dialled_text(attempts[told_attempts_], words_.goal)
        );
    }
}

void TrialTeller::on_again(const Trial& failed) {
    tell_(
        "again", "with a small first message, without X25519MLKEM768: " + failed.failure->reason()
    );
    told_attempts_ = 0;
    told_said_ = false;
}

void TrialTeller::on_said(const tls::HandshakeTranscript::Said& said) {
    if (!std::exchange(told_offer_, true)) tell_("offers", upstream::offer_text(words_));
    tell_(std::exchange(told_said_, true) ? "" : "said", upstream::said_text(said));
}

void TrialTeller::on_handshake(const Trial& trial) {
    tell_server(trial);
    // Who has not asked by now may ask after the request.
    if (trial.report.tls->asked) tell_client(trial);
    told_said_ = false;
}

void TrialTeller::tell_server(const Trial& trial) {
    if (std::exchange(told_server_, true)) return;
    tell_lines(upstream::server_lines(trial.report, words_, std::chrono::system_clock::now()));
}

void TrialTeller::tell_client(const Trial& trial) {
    if (std::exchange(told_client_, true)) return;
    tell_lines(upstream::client_lines(trial.report, words_));
}

void TrialTeller::end(const Trial& trial) {
    if (trial.report.tls) {
        tell_server(trial);
        tell_client(trial);
    }
    if (trial.status == 0) return;
    tell_(
        "answer", terms_.method + ": " + std::to_string(trial.status) + " after " +
                      upstream::milliseconds_text(trial.wait)
    );
}

}  // namespace countersign::proxy::probe
