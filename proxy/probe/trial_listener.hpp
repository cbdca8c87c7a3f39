#pragma once

#include "proxy/probe/trial.hpp"

namespace countersign::proxy::probe {

/// Is told of a trial while it goes on: a server that lets everybody wait is not to hide what came
/// before. What it is shown is complete as far as the trial has come.
class TrialListener {
public:
    virtual ~TrialListener() = default;

    /// The name has been resolved, or another address was tried.
    virtual void on_reaching(const Trial& trial) = 0;
    /// It has failed at its large first message, and is made once more with a small one.
    virtual void on_again(const Trial& failed) = 0;
    /// A message of the handshake, or an alert; from inside OpenSSL.
    virtual void on_said(const tls::HandshakeTranscript::Said& said) = 0;
    /// The handshake is complete on this side.
    virtual void on_handshake(const Trial& trial) = 0;
};

}  // namespace countersign::proxy::probe
