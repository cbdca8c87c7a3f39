#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <utility>

#include "proxy/probe/trial_listener.hpp"
#include "proxy/upstream/handshake_account.hpp"

namespace countersign::proxy::probe {

/// Tells a trial while it goes on, each step once and as soon as it is known: who waits sees for
/// what.
class TrialTeller final : public TrialListener {
public:
    /// Is given a line: what it is about, empty where it is the same as before, and the words.
    using Tell = std::function<void(std::string_view name, std::string_view text)>;

    /// `terms`: by which it is made; they outlive this.
    TrialTeller(const TrialTerms& terms, Tell tell) : terms_{terms}, tell_{std::move(tell)} {}

    void on_reaching(const Trial& trial) override;
    void on_again(const Trial& failed) override;
    void on_said(const tls::HandshakeTranscript::Said& said) override;
    void on_handshake(const Trial& trial) override;
    /// The trial has ended: what is left.
    void end(const Trial& trial);

private:
    void tell_server(const Trial& trial);
    void tell_client(const Trial& trial);

    void tell_lines(const Account& lines) const;

    const TrialTerms& terms_;
    const Tell tell_;
    const upstream::AccountTerms words_{terms_.goal(), *terms_.tls};
    bool told_name_ = false;
    std::size_t told_attempts_ = 0;
    bool told_offer_ = false;
    bool told_said_ = false;
    bool told_server_ = false;
    bool told_client_ = false;
};

}  // namespace countersign::proxy::probe
