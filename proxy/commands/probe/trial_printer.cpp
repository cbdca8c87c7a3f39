#include "proxy/commands/probe/trial_printer.hpp"

#include <chrono>
#include <iostream>
#include <string>
#include <utility>

namespace countersign::proxy::commands {

namespace {

void print_lines(const Account& lines) {
    for (const AccountLine& one : lines) print_line(one.name, one.text);
}

}  // namespace

void print_line(std::string_view name, std::string_view text) {
    // Flushed: whoever reads a pipe waits for the same server.
    std::cout << column_text(name, text) << std::endl;
}

void TrialPrinter::on_reaching(const probe::Trial& trial) {
    if (!std::exchange(told_name_, true)) {
        print_lines(upstream::name_lines(trial.report.reached, trial.report.times));
    }
    const auto& attempts = trial.report.reached.attempts;
    for (; told_attempts_ < attempts.size(); ++told_attempts_) {
        print_line(
            told_attempts_ == 0 ? "connect" : "",
            upstream::dialled_text(attempts[told_attempts_], words_.goal)
        );
    }
}

void TrialPrinter::on_again(const probe::Trial& failed) {
    print_line(
        "again", "with a small first message, without X25519MLKEM768: " + failed.failure->reason()
    );
    told_attempts_ = 0;
    told_said_ = false;
}

void TrialPrinter::on_said(const tls::HandshakeTranscript::Said& said) {
    if (!std::exchange(told_offer_, true)) print_line("offers", upstream::offer_text(words_));
    print_line(std::exchange(told_said_, true) ? "" : "said", upstream::said_text(said));
}

void TrialPrinter::on_handshake(const probe::Trial& trial) {
    print_server(trial);
    // Who has not asked by now may ask after the request.
    if (trial.report.tls->asked) print_client(trial);
    told_said_ = false;
}

void TrialPrinter::print_server(const probe::Trial& trial) {
    if (std::exchange(told_server_, true)) return;
    print_lines(upstream::server_lines(trial.report, words_, std::chrono::system_clock::now()));
}

void TrialPrinter::print_client(const probe::Trial& trial) {
    if (std::exchange(told_client_, true)) return;
    print_lines(upstream::client_lines(trial.report, words_));
}

void TrialPrinter::end(const probe::Trial& trial) {
    if (trial.report.tls) {
        print_server(trial);
        print_client(trial);
    }
    if (trial.status == 0) return;
    print_line(
        "answer", terms_.method + ": " + std::to_string(trial.status) + " after " +
                      upstream::milliseconds_text(trial.wait)
    );
}

}  // namespace countersign::proxy::commands
