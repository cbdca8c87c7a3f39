#include "tests/fuzz/exchange_script.hpp"

#include <array>

namespace countersign::fuzz {

namespace {

using proxy::net::IoStatus;

constexpr std::array kEnds{
    IoStatus::closed, IoStatus::truncated, IoStatus::failed, IoStatus::refused};

std::string_view take_text(std::string_view& input) {
    static constexpr std::string_view kBetween = "\n--\n";
    const std::size_t end = input.find(kBetween);
    const std::string_view text = input.substr(0, end);
    input.remove_prefix(end == std::string_view::npos ? input.size() : end + kBetween.size());
    return text;
}

}  // namespace

ExchangeScript::ExchangeScript(std::string_view input) {
    static constexpr std::size_t kCircumstances = 4;
    using enum profiles::ResponseLeniency;
    if (input.size() < kCircumstances) return;
    const auto octet = [&](std::size_t at) { return static_cast<unsigned char>(input[at]); };
    static constexpr std::array kRules{
        profiles::RetryRule::never, profiles::RetryRule::if_unsent, profiles::RetryRule::idempotent,
        profiles::RetryRule::idempotent};
    static constexpr std::array<std::uint32_t, 4> kBuffers{16384, 4096, 1024, 256};
    retry = kRules[octet(0) % 4];
    reused = (octet(0) & 4U) != 0;
    bound = (octet(0) & 8U) != 0;
    cut_shows = (octet(0) & 16U) == 0;
    edits_request = (octet(0) & 32U) != 0;
    rewrites_response = (octet(0) & 64U) != 0;
    tells_identity = (octet(0) & 128U) != 0;
    server_end = kEnds[octet(1) % 4];
    server_ends = (octet(1) & 4U) == 0;
    client_ends = (octet(1) & 8U) != 0;
    has_one_upstream = (octet(1) & 16U) != 0;
    makes_ids = (octet(1) & 32U) != 0;
    waits_for_body = (octet(1) & 64U) != 0;
    drains = (octet(1) & 128U) != 0;
    buffer = kBuffers[octet(2) % 4];
    max_body = (octet(2) & 4U) == 0 ? 0 : 20;
    holds_response = (octet(2) & 8U) != 0;
    const auto allow = [&](unsigned bit, auto one, auto other) {
        if ((octet(2) & bit) == 0) return;
        leniency.add(one);
        leniency.add(other);
    };
    allow(16U, bare_lf, control_characters);
    allow(32U, chunk_blanks, chunk_extensions);
    allow(64U, http10_chunked, status_line_blanks);
    others_wait = (octet(2) & 128U) != 0;
    body_here = octet(3);
    input.remove_prefix(kCircumstances);
    client = take_text(input);
    server = take_text(input);
    steps = input;
}

ExchangeStep::ExchangeStep(char octet) {
    static constexpr std::array<std::size_t, 16> kSizes{1,  2,  3,  4,  5,   7,   9,    13,
                                                        17, 33, 60, 61, 100, 255, 1000, 100'000};
    const auto bits = static_cast<unsigned char>(octet);
    what = static_cast<What>(bits & 15U);
    size = kSizes[bits >> 4U];
    end = kEnds[(bits >> 4U) % kEnds.size()];
}

IoStatus ExchangeStep::write() const {
    const bool is_full = what == What::server_is_full || what == What::client_is_full;
    return is_full ? IoStatus::would_block_write : IoStatus::failed;
}

}  // namespace countersign::fuzz
