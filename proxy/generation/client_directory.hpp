#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "certs/password_digest.hpp"
#include "profiles/configuration.hpp"

namespace countersign::proxy::generation {

/// The clients that prove their names by `Proxy-Authorization: Basic` (RFC 7617). Keeps digests
/// only. Immutable, shared by all workers.
class ClientDirectory {
public:
    /// Reads the passwords. What is wrong goes to `problems`, a sentence each.
    static ClientDirectory load(
        const std::vector<profiles::NamedClient>& clients, std::vector<std::string>& problems
    );

    bool empty() const { return clients_.empty(); }

    /// Whether a field's value is of the one scheme that is understood.
    static bool is_basic(std::string_view authorization);

    /// What a field's value proves: the client's name, as long-lived as this; empty where it proves
    /// none. Takes the same time for a name that is not there as for a wrong password.
    std::string_view identify(std::string_view authorization) const;

private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };

    std::unordered_map<std::string, certs::PasswordDigest, TextHash, std::equal_to<>> clients_;
    certs::PasswordDigest nobody_;
};

}  // namespace countersign::proxy::generation
