#pragma once

#include <cstddef>
#include <string_view>

#include "proxy/probe/trial_listener.hpp"
#include "proxy/upstream/handshake_account.hpp"

namespace countersign::proxy::commands {

/// A line on standard output, with its name in a column in front.
void print_line(std::string_view name, std::string_view text);

/// Prints a trial while it goes on, each step once and as soon as it is known: who waits sees for
/// what.
class TrialPrinter final : public probe::TrialListener {
public:
    /// `terms`: by which it is made; they outlive this.
    explicit TrialPrinter(const probe::TrialTerms& terms) : terms_{terms} {}

    void on_reaching(const probe::Trial& trial) override;
    void on_again(const probe::Trial& failed) override;
    void on_said(const tls::HandshakeTranscript::Said& said) override;
    void on_handshake(const probe::Trial& trial) override;
    /// The trial has ended: what is left.
    void end(const probe::Trial& trial);

private:
    void print_server(const probe::Trial& trial);
    void print_client(const probe::Trial& trial);

    const probe::TrialTerms& terms_;
    const upstream::AccountTerms words_{terms_.goal(), *terms_.tls};
    bool told_name_ = false;
    std::size_t told_attempts_ = 0;
    bool told_offer_ = false;
    bool told_said_ = false;
    bool told_server_ = false;
    bool told_client_ = false;
};

}  // namespace countersign::proxy::commands
