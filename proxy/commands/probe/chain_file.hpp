#pragma once

#include <filesystem>
#include <string>

#include "proxy/probe/missing_issuers.hpp"
#include "proxy/probe/trial.hpp"

namespace countersign::proxy::commands {

/// Before anything is tried: that the file is there already. Empty: it is not.
std::string cannot_save_to(const std::filesystem::path& file);

/// Writes the certificates that the server has shown, and those that it lacks, into a new file, as
/// PEM with what each is in front of it, and whence. Nothing trusts it: somebody is to compare it
/// first. What went wrong, in a sentence; empty: it is written.
std::string save_chain(
    const probe::Trial& trial, const probe::MissingIssuers& missing,
    const std::filesystem::path& file
);

}  // namespace countersign::proxy::commands
