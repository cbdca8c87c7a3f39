#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "certs/bytes.hpp"

namespace countersign::certs {

/// The containers that are written here.
enum class Container { jks, jceks, pkcs12, pem };

/// "JKS", "JCEKS", "PKCS#12", "PEM": for messages.
std::string_view name_of(Container container);

/// "jks", "jceks", "pkcs12" or "p12", "pem", in either case. Nullopt: none of them.
std::optional<Container> container_named(std::string_view name);

/// By the ending of a file's name: .jks .keystore, .jceks, .p12 .pfx, .pem .crt .key. Nullopt where
/// it says nothing.
std::optional<Container> container_of_name(const std::filesystem::path& file);

/// By the bytes, which alone decide for a file that exists.
std::optional<Container> container_of_bytes(ByteView bytes);

/// Whether entries have aliases.
constexpr bool has_aliases(Container container) { return container != Container::pem; }
/// Whether it is one of Java's own, which need a password for their digest.
constexpr bool is_java(Container container) {
    return container == Container::jks || container == Container::jceks;
}

}  // namespace countersign::certs
