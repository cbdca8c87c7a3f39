#pragma once

#include <boost/system/result.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/commands/program_syntax.hpp"
#include "proxy/generation/generation.hpp"

namespace countersign::proxy::commands {

/// What a destination without a configuration is tried with: one profile for any host, with the
/// files of the command line; without them server-only TLS and the system's authorities. Asks for
/// the key store's password at the terminal where none is named and it needs one. Error: every
/// problem as a line.
boost::system::result<std::shared_ptr<const generation::Generation>, std::vector<std::string>>
load_alone(const ProbeOptions& options);

/// The name of that profile, which nobody is to read.
inline constexpr std::string_view kAloneProfile = "command-line";

}  // namespace countersign::proxy::commands
