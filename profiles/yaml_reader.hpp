#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "profiles/configuration.hpp"
#include "profiles/console_file.hpp"
#include "profiles/problem.hpp"

namespace countersign::profiles {

/// One file, or a directory whose *.yaml files are read in name order as one document. Either a
/// configuration whose invariants hold, or every problem found. A key that the vocabulary has but
/// this version does not act on yet is a problem ("not supported yet"), never ignored.
ReadResult<Configuration> read_configuration(const std::filesystem::path& path);

/// The same as if that file stood in `console.directory`, in the place of one of its name: what
/// would be wrong with a change that nobody has made yet.
ReadResult<Configuration> read_configuration_with(
    const std::filesystem::path& path, const ConsoleFile& file
);

/// One document from memory, as if it stood in `file`. For tests and fuzzers.
ReadResult<Configuration> read_configuration_text(
    std::string_view text, const std::filesystem::path& file
);

/// `admin:`, and the record of the certificate that its TLS shows; null: there is none.
struct AdminAlone : AdminRules {
    std::optional<CertificateRecord> shown = std::nullopt;
};
/// Of the same file `admin:` alone, whatever else is wrong with it: who runs with what it said
/// before can be asked all the same. Without its token, unless that is wanted.
ReadResult<AdminAlone> read_admin(const std::filesystem::path& path, bool with_token);

/// Of the same file `console.directory` alone, where it is one; nullopt: it is not, or not read.
std::optional<std::filesystem::path> read_console_directory(const std::filesystem::path& path);

/// An address as the configuration writes one: "127.0.0.1:9901", "unix:PATH". A relative path is
/// one of the working directory. nullopt for any other text.
std::optional<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace countersign::profiles
