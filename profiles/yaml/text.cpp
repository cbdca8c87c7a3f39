#include "profiles/yaml/text.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "certs/text/utf8.hpp"

namespace countersign::profiles {
namespace {

constexpr std::size_t kLargestText = 16 * 1024 * 1024;
constexpr std::string_view kTooLarge = "larger than 16 MiB, which no configuration is";

bool is_control(char32_t code) {
    if (code == '\t' || code == '\n' || code == '\r') return false;
    return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

bool is_typographic_quote(char32_t code) {
    return (code >= 0x2018 && code <= 0x201f) || code == 0xab || code == 0xbb;
}

YamlPlace place_of(
    std::string_view text, std::size_t offset, const std::shared_ptr<const std::string>& file
) {
    const auto before = text.substr(0, offset);
    const auto line_end = before.rfind('\n');
    const auto column = line_end == before.npos ? offset : offset - line_end - 1;
    const auto line = std::ranges::count(before, '\n');
    return {file, static_cast<int>(line) + 1, static_cast<int>(column) + 1};
}

/// "a Java key store (JKS)": what holds keys or certificates and was named instead of a
/// configuration; empty for anything else.
std::string_view key_file_kind(std::string_view bytes) {
    using std::string_view_literals::operator""sv;
    if (bytes.starts_with("\xfe\xed\xfe\xed"sv)) return "a Java key store (JKS)";
    if (bytes.starts_with("\xce\xce\xce\xce"sv)) return "a Java key store (JCEKS)";
    // "Bag Attributes" is what openssl pkcs12 writes above each block.
    if (bytes.starts_with("-----BEGIN"sv) || bytes.starts_with("Bag Attributes\n"sv)) {
        return "a key or a certificate (PEM)";
    }
    // A SEQUENCE of more than 127 bytes, or of a length that comes at its end.
    const auto length = bytes.size() > 1 ? static_cast<unsigned char>(bytes[1]) : 0U;
    const bool der = bytes.starts_with('\x30') && length >= 0x80 && length <= 0x84;
    return der ? "a key store (PKCS#12), a key or a certificate (DER)" : ""sv;
}

}  // namespace

std::optional<std::size_t> find_bad_character(std::string_view text) {
    for (std::size_t offset = 0; offset < text.size();) {
        const auto character = certs::decode_utf8(text.substr(offset));
        if (character.length == 0 || is_control(character.code)) return offset;
        offset += character.length;
    }
    return std::nullopt;
}

std::string_view typographic_quote_in_front(std::string_view text) {
    if (text.empty()) return {};
    const auto character = certs::decode_utf8(text);
    return is_typographic_quote(character.code) ? text.substr(0, character.length)
                                                : std::string_view{};
}

std::string_view typographic_quote_behind(std::string_view text) {
    auto begin = text.size();
    while (begin > 0 && certs::continues_character(text[begin - 1])) --begin;
    return begin == 0 ? std::string_view{} : typographic_quote_in_front(text.substr(begin - 1));
}

std::optional<std::string> read_yaml_file(const std::filesystem::path& path, YamlReport& report) {
    const YamlPlace whole{std::make_shared<const std::string>(path.string())};
    errno = 0;
    std::ifstream stream{path, std::ios::binary};
    std::string text;
    constexpr std::size_t kStep = std::size_t{64} << 10;
    while (stream && text.size() <= kLargestText) {
        const std::size_t before = text.size();
        text.resize(before + kStep);
        stream.read(text.data() + before, kStep);
        text.resize(before + static_cast<std::size_t>(stream.gcount()));
    }
    // Reading to the end sets failbit too; badbit alone says that the system refused.
    if (!stream.is_open() || stream.bad()) {
        const auto reason = std::generic_category().message(errno == 0 ? EIO : errno);
        report.problem(whole, "", "cannot be read: " + reason);
        return std::nullopt;
    }
    text.shrink_to_fit();
    return text;
}

std::optional<std::string_view> check_yaml_text(
    std::string_view text, const std::shared_ptr<const std::string>& file, YamlReport& report
) {
    if (text.size() > kLargestText) {
        report.problem({file}, "", std::string{kTooLarge});
        return std::nullopt;
    }
    if (const auto kind = key_file_kind(text); !kind.empty()) {
        report.problem(
            {file}, "",
            "is " + std::string{kind} +
                ", and no configuration; give a YAML file with -c, and name this one in it, as the "
                "file of a record under certificates"
        );
        return std::nullopt;
    }
    if (text.starts_with(certs::kByteOrderMark)) text.remove_prefix(certs::kByteOrderMark.size());
    const auto bad = find_bad_character(text);
    if (!bad) return text;

    const bool not_utf8 = certs::decode_utf8(text.substr(*bad)).length == 0;
    report.problem(
        place_of(text, *bad, file), "",
        not_utf8 ? "not UTF-8 text; save the file as UTF-8"
                 : "a control character; nothing but text, tabs and line ends may stand here"
    );
    return std::nullopt;
}

}  // namespace countersign::profiles
