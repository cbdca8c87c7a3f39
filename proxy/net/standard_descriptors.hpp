#pragma once

namespace countersign::proxy::net {

/// A program that is started with standard input, output or error closed would give their numbers
/// to its first sockets, and write its messages to whoever is at their other end. Puts /dev/null in
/// the place of those that are closed, opened so that using it is an error, as it was.
void occupy_standard_descriptors();

}  // namespace countersign::proxy::net
