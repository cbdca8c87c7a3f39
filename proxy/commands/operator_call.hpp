#pragma once

#include <boost/system/result.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "certs/identity.hpp"
#include "profiles/configuration.hpp"

namespace countersign::proxy::commands {

struct OperatorAnswer {
    unsigned status = 0;
    std::string body;
};

/// The proxy is asked by HTTPS.
struct OperatorTls {
    /// Whose certificate it shows; nothing is sent to another. Null: whatever it shows, since
    /// nothing that is sent is secret.
    std::shared_ptr<const certs::Identity> shown = {};
};

/// One call of a proxy that runs. It may take a minute, as a reload may. `tls`: null: plain HTTP.
/// Error: a sentence.
boost::system::result<OperatorAnswer, std::string> call_operator(
    const profiles::ListenAddress& address, std::string_view method, std::string_view target,
    std::string_view token, const OperatorTls* tls
);

}  // namespace countersign::proxy::commands
