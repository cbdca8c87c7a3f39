#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <string_view>

#include "profiles/configuration.hpp"

namespace countersign::proxy::commands {

struct OperatorAnswer {
    unsigned status = 0;
    std::string body;
};

/// One call of a proxy that runs. It may take a minute, as a reload may. Error: a sentence.
boost::system::result<OperatorAnswer, std::string> call_operator(
    const profiles::ListenAddress& address, std::string_view method, std::string_view target,
    std::string_view token
);

}  // namespace countersign::proxy::commands
