#include "proxy/live/exchange_ring.hpp"

#include <algorithm>
#include <utility>

#include "proxy/log/shown_path.hpp"

namespace countersign::proxy::live {

namespace {

/// What a failure says of what a peer sent has an end.
constexpr std::size_t kMostOfSentence = 2000;
/// How a connection was tried takes less, unless a server shows what is made to be long.
constexpr std::size_t kMostOfAccount = std::size_t{16} << 10;
constexpr std::size_t kMostOfLine = 200;

std::size_t size_of(const Account& account) {
    std::size_t size = 0;
    for (const AccountLine& one : account) size += one.name.size() + one.text.size();
    return size;
}

/// The same; one that is too long with its lines cut, and without those that are too many.
std::shared_ptr<const Account> bounded(std::shared_ptr<const Account> account) {
    if (!account || size_of(*account) <= kMostOfAccount) return account;
    auto shorter = std::make_shared<Account>();
    std::size_t size = 0;
    for (const AccountLine& one : *account) {
        AccountLine line{one.name, one.text.substr(0, kMostOfLine), one.is_detail};
        if (line.text.size() < one.text.size()) line.text += " …";
        size += line.name.size() + line.text.size();
        if (size > kMostOfAccount) break;
        shorter->push_back(std::move(line));
    }
    return shorter;
}

}  // namespace

void ExchangeRing::enable(bool wanted) {
    if (wanted == enabled()) return;
    first_ = count_;
    next_failed_ = 0;
    std::vector<FailedExchange>{}.swap(failed_);
    // Not filled: a page of it is the process's when the first exchange comes to it.
    lines_ = wanted ? std::make_unique_for_overwrite<KeptExchange[]>(kMost) : nullptr;
}

void ExchangeRing::add(
    const ExchangeRecord& record, const profiles::LogRules& rules, const Failure* failure
) {
    KeptExchange& line = lines_[count_ % kMost];
    line.number = ++count_;
    line.keep(record, log::shown_path(record.path, rules));
    if (failure != nullptr) [[unlikely]]
        keep_failure(line, *failure);
}

void ExchangeRing::keep_failure(const KeptExchange& line, const Failure& failure) {
    if (failed_.size() < kMostFailed) failed_.emplace_back();
    FailedExchange& kept = failed_[next_failed_];
    next_failed_ = (next_failed_ + 1) % kMostFailed;
    kept.line = line;
    kept.stage = row_of(failure.code()).stage;
    kept.reason.assign(failure.reason(), 0, kMostOfSentence);
    kept.remedy.assign(failure.remedy(), 0, kMostOfSentence);
    kept.account = bounded(failure.account());
}

RecentExchanges ExchangeRing::since(std::uint64_t after, RecentExchanges into) const {
    into.count = count_;
    into.lines.clear();
    into.failed.clear();
    if (!enabled()) return into;
    const std::uint64_t kept = std::min<std::uint64_t>(count_ - first_, kMost);
    const std::uint64_t from = std::max(after, count_ - kept);
    for (std::uint64_t number = from; number < count_;) {
        const std::size_t at = number % kMost;
        const std::size_t size = std::min<std::uint64_t>(count_ - number, kMost - at);
        into.lines.insert(into.lines.end(), &lines_[at], &lines_[at] + size);
        number += size;
    }
    const std::size_t oldest = failed_.size() < kMostFailed ? 0 : next_failed_;
    for (std::size_t i = 0; i < failed_.size(); ++i) {
        const FailedExchange& one = failed_[(oldest + i) % failed_.size()];
        if (one.line.number > after) into.failed.push_back(one);
    }
    return into;
}

}  // namespace countersign::proxy::live
