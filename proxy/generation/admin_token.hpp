#pragma once

#include <boost/system/result.hpp>
#include <string>

#include "certs/password_digest.hpp"
#include "certs/source.hpp"

namespace countersign::proxy::generation {

/// Of what operators have to show for a change. Error: why it is none, in words for a reader of the
/// configuration.
boost::system::result<certs::PasswordDigest, std::string> admin_token_digest(
    const certs::PasswordSource& source
);

}  // namespace countersign::proxy::generation
