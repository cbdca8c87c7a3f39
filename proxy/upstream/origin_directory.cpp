#include "proxy/upstream/origin_directory.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

namespace countersign::proxy::upstream {

namespace {

/// Uses within this time count as one: an origin in steady use is not moved for each request.
constexpr auto kOneUse = std::chrono::seconds{1};
/// So many are looked at when another one is made. More than one goes, so that after a flood of
/// hosts the directory becomes small again.
constexpr int kLooks = 4;

}  // namespace

std::size_t OriginDirectory::KeyHash::operator()(const PoolKeyView& key) const noexcept {
    const std::size_t host = std::hash<std::string_view>{}(key.host);
    const auto context = reinterpret_cast<std::uintptr_t>(key.tls);
    return host ^ ((context >> 4) * 0x9E3779B97F4A7C15U) ^ (std::size_t{key.port} << 17);
}

PooledOrigin& OriginDirectory::at(
    std::string_view host, std::uint16_t port, const std::shared_ptr<const tls::TlsContext>& tls,
    const std::shared_ptr<const addresses::OriginRules>& rules, net::TimePoint now
) {
    const PoolKeyView key{host, port, tls.get(), rules.get()};
    if (const auto found = origins_.find(key); found != origins_.end()) {
        note_use(*found->second, now);
        return found->second->origin;
    }
    make_room(now);
    auto made = std::make_unique<Entry>(PoolKey{std::string{host}, port, tls, rules});
    Entry& entry = *made;
    entry.placed = entry.origin.last_used = now;
    entry.origin.standing = standing_(entry.origin);
    entry.place = by_age_.insert(by_age_.end(), &entry);
    origins_.emplace(entry.origin.key.view(), std::move(made));
    link(entry.origin);
    return entry.origin;
}

PooledOrigin* OriginDirectory::find(const Origin& origin, const tls::TlsContext* tls) {
    PoolKeyView key = origin.key.view();
    key.tls = tls;
    const auto found = origins_.find(key);
    return found == origins_.end() ? nullptr : &found->second->origin;
}

void OriginDirectory::note_use(Entry& entry, net::TimePoint now) {
    if (now - entry.placed < kOneUse) return;
    entry.placed = entry.origin.last_used = now;
    by_age_.splice(by_age_.end(), by_age_, entry.place);
}

/// What is used goes to the end of the list instead, so that the next ones are looked at.
void OriginDirectory::make_room(net::TimePoint now) {
    for (int look = 0; look < kLooks && !by_age_.empty(); ++look) {
        Entry& oldest = *by_age_.front();
        if (oldest.origin.is_used()) {
            by_age_.splice(by_age_.end(), by_age_, oldest.place);
            continue;
        }
        const bool old = now - oldest.origin.last_used > kForgetAfter;
        if (!old && origins_.size() < most_) return;
        erase(oldest);
    }
}

void OriginDirectory::judge(std::function<Standing(const Origin&)> standing) {
    standing_ = std::move(standing);
    for_each([this](PooledOrigin& origin) { origin.standing = standing_(origin); });
    for_each([this](PooledOrigin& origin) {
        origin.today = nullptr;
        origin.former.clear();
        for (const tls::TlsContext* const tls : origin.standing.former) {
            if (PooledOrigin* const former = find(origin, tls)) origin.former.push_back(former);
        }
    });
    for_each([](PooledOrigin& origin) {
        for (PooledOrigin* const former : origin.former) former->today = &origin;
    });
}

/// One that was made with those of its destination, as far as they are there, in whose place it
/// serves or that serve in its own.
void OriginDirectory::link(PooledOrigin& made) {
    const Overlap& overlap = made.standing.overlap;
    PooledOrigin* const today = overlap.is_none() ? &made : find(made, overlap.today);
    if (today == nullptr) return;
    today->former.clear();
    for (const tls::TlsContext* const tls : today->standing.former) {
        if (PooledOrigin* const former = find(made, tls)) {
            today->former.push_back(former);
            former->today = today;
        }
    }
}

void OriginDirectory::unlink(PooledOrigin& origin) {
    for (PooledOrigin* const one : origin.former) one->today = nullptr;
    if (origin.today != nullptr) {
        std::erase(static_cast<PooledOrigin*>(origin.today)->former, &origin);
    }
}

void OriginDirectory::forget_retired() {
    for (auto next = by_age_.begin(); next != by_age_.end();) {
        Entry& entry = **next++;
        if (entry.origin.standing.retired && !entry.origin.is_used()) erase(entry);
    }
}

/// A portion at a time: what is left beyond the bound goes with the next call.
void OriginDirectory::keep(std::size_t idle, std::size_t sessions) {
    constexpr int kMostClosed = 64;
    int closed = 0;
    for (auto at = by_age_.rbegin(); at != by_age_.rend(); ++at) {
        PooledOrigin& origin = (*at)->origin;
        for (; origin.idle.size() > idle && closed < kMostClosed; ++closed) {
            origin.idle.close_oldest(metrics::ConnectionEnd::surplus);
        }
        if (origin.memory.sessions.size() > sessions) origin.memory.sessions.clear();
        idle -= std::min(idle, origin.idle.size());
        sessions -= origin.memory.sessions.size();
    }
}

bool OriginDirectory::close_oldest(std::size_t most) {
    std::size_t closed = 0;
    for (auto at = by_age_.begin(); at != by_age_.end() && closed < most; ++at) {
        PooledOrigin& origin = (*at)->origin;
        if (origin.idle.empty()) continue;
        origin.idle.close_oldest(metrics::ConnectionEnd::surplus);
        ++closed;
    }
    return closed > 0;
}

void OriginDirectory::erase(Entry& entry) {
    unlink(entry.origin);
    by_age_.erase(entry.place);
    origins_.erase(origins_.find(entry.origin.key.view()));
}

}  // namespace countersign::proxy::upstream
