#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string_view>

#include "proxy/exchange_record.hpp"
#include "proxy/http/head.hpp"
#include "proxy/http/trace_context.hpp"

namespace countersign::proxy::exchange {

/// Random numbers for ids. Nobody may take one for another; to guess one is of no use. One
/// thread's.
class IdSource {
public:
    IdSource();
    std::uint64_t next() { return numbers_(); }

private:
    std::mt19937_64 numbers_;
};

/// By what an exchange is found again, here and elsewhere: its request id, and its part of a trace.
/// What a request brings is copied, for its head is overwritten before the exchange ends.
class ExchangeIds {
public:
    ExchangeIds() noexcept {}  // not defaulted: its texts would be cleared, byte by byte

    /// What the request brings, where it looks like what it is.
    void take(const http::Head& head);
    /// Those that it lacks, for a request that goes upstream.
    void make_request_id(IdSource& source);
    void make_trace(IdSource& source);

    /// What the request brought, or was made; empty: none yet.
    std::string_view request_id() const { return {request_.data(), request_size_}; }
    /// Made where there is none yet.
    std::string_view request_id(IdSource& source) {
        if (request_size_ == 0) make_request_id(source);
        return request_id();
    }
    /// The value of a traceparent, as in version 00; empty: there is none.
    std::string_view trace_parent() const {
        return {trace_.data(), has_trace_ ? trace_.size() : 0};
    }
    /// Its parts; all empty where there is none.
    http::TraceParent trace() const;
    /// Views of this.
    void tell(ExchangeRecord& record) const;

private:
    std::array<char, http::kMostRequestId> request_;
    std::array<char, http::TraceParent::kSize> trace_;
    std::uint8_t request_size_ = 0;
    bool has_trace_ = false;
};

}  // namespace countersign::proxy::exchange
