#pragma once

#include <string>
#include <string_view>

namespace countersign::tests {

/// The same elements as Windows, NSS and Bouncy Castle write them: those that hold others, down to
/// `depth`, have no length and end with two zero bytes, and OCTET STRINGs come in pieces. Below it
/// everything stays as it is, for what was signed must.
std::string indefinite(std::string_view der, int depth);

}  // namespace countersign::tests
