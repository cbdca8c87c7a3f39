#pragma once

#include <cstdint>
#include <string_view>

namespace countersign::proxy::http {

/// Which part of a request's target goes upstream, as a value that holds none of its bytes:
/// `Destination::path` is a view of them.
class TargetPath {
public:
    TargetPath() noexcept = default;
    TargetPath(std::string_view target, std::string_view path) {
        if (path.empty()) {
            kind_ = Kind::none;
        } else if (path.data() >= target.data() && path.data() < target.data() + target.size()) {
            kind_ = Kind::rest;
            begin_ = static_cast<std::uint32_t>(path.data() - target.data());
        } else {
            kind_ = path == "*" ? Kind::server : Kind::root;
        }
    }

    /// The path again, of that target.
    std::string_view of(std::string_view target) const {
        switch (kind_) {
            case Kind::none:
                return {};
            case Kind::rest:
                return target.substr(begin_);
            case Kind::server:
                return "*";
            case Kind::root:
                return "/";
        }
        return {};
    }

private:
    /// Where the target has no path, it stands for "/", or for the server as a whole.
    enum class Kind : std::uint8_t { none, rest, server, root };
    std::uint32_t begin_ = 0;
    Kind kind_ = Kind::none;
};

}  // namespace countersign::proxy::http
