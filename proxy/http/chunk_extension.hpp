#pragma once

#include <cstdint>

namespace countersign::proxy::http {

/// Reads what stands behind a chunk's size, octet by octet (RFC 9112 7.1.1): *( BWS ";" BWS name [
/// BWS "=" BWS ( token / quoted-string ) ] ). Nothing is kept: an extension passes through, and
/// only has to be what every reader takes for one. What is refused leaves it as it was.
class ChunkExtension {
public:
    /// False where `c` cannot stand here.
    bool take(char c);

    /// Whether the line may end here.
    bool may_end() const;
    /// Nothing but white space has come since it could have ended, or since the size.
    bool trails_off() const;
    /// Whether its ';' was there.
    bool begun() const { return where_ != Where::before_semicolon; }
    /// From here to the line's end anything is taken but CR, LF and NUL.
    void take_anything() { where_ = Where::anything; }

private:
    enum class Where : std::uint8_t {
        before_semicolon,
        after_value,  ///< and a blank
        before_name,
        name,
        before_equals,
        before_value,
        value,
        quoted,
        escaped,
        after_quoted,
        anything,
        refused
    };
    Where next(char c) const;

    Where where_ = Where::before_semicolon;
};

}  // namespace countersign::proxy::http
