#include "proxy/admin/sessions.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "certs/random_text.hpp"

namespace countersign::proxy::admin {

namespace {

constexpr std::string_view kCookie = "countersign_session=";
constexpr std::string_view kSecure = "__Host-";

/// The values of all cookies of that name: other servers of this host may set one, too. Over HTTPS
/// it is another name, which they may not.
std::vector<std::string_view> values_in(Sessions::Cookies given) {
    std::string_view cookies = given.text;
    std::vector<std::string_view> values;
    while (!cookies.empty()) {
        const std::size_t end = std::min(cookies.find(';'), cookies.size());
        std::string_view one = cookies.substr(0, end);
        one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
        const bool secure = one.starts_with(kSecure);
        if (secure) one.remove_prefix(kSecure.size());
        if (secure == given.secure && one.starts_with(kCookie))
            values.push_back(one.substr(kCookie.size()));
        cookies.remove_prefix(std::min(end + 1, cookies.size()));
    }
    return values;
}

constexpr std::size_t kRandomBytes = 32;

}  // namespace

std::string Sessions::begin(Who who, TimePoint now) {
    std::string value = certs::random_text(kRandomBytes);
    std::string proof = certs::random_text(kRandomBytes);
    if (value.empty() || proof.empty()) return {};
    auto digest = certs::PasswordDigest::of(value);
    if (!digest) return {};
    make_room_for(who.user);
    open_.push_back({std::move(*digest), std::move(who), now + kLife, std::move(proof)});
    return value;
}

void Sessions::make_room_for(const std::string& user) {
    std::map<std::string_view, std::size_t> counts;
    for (const Session& one : open_) ++counts[one.who.user];
    if (counts[user] >= kMostOfOne) return end_oldest_of(user);
    if (open_.size() < kMost) return;
    const auto most =
        std::ranges::max_element(counts, {}, [](const auto& one) { return one.second; });
    end_oldest_of(std::string{most->first});
}

void Sessions::end_oldest_of(const std::string& user) {
    open_.erase(std::ranges::find(open_, user, [](const Session& one) { return one.who.user; }));
}

std::list<Sessions::Session>::iterator Sessions::find(Cookies cookies) {
    const std::vector<std::string_view> values = values_in(cookies);
    return std::ranges::find_if(open_, [&values](const Session& one) {
        return std::ranges::any_of(values, [&one](std::string_view value) {
            return one.value.matches(value);
        });
    });
}

const Sessions::Who* Sessions::who(Cookies cookies, const InForce& in_force, TimePoint now) {
    std::erase_if(open_, [&](const Session& one) {
        const certs::PasswordDigest* const by = in_force(one.who.user);
        return one.until <= now || by == nullptr || !(one.who.by == *by);
    });
    const auto found = find(cookies);
    return found == open_.end() ? nullptr : &found->who;
}

std::string Sessions::proof_of(Cookies cookies) {
    const auto found = find(cookies);
    return found == open_.end() ? std::string{} : found->proof;
}

void Sessions::end(Cookies cookies) {
    const auto found = find(cookies);
    if (found != open_.end()) open_.erase(found);
}

std::string Sessions::set_cookie(std::string_view value, bool secure) {
    const auto life = value.empty() ? std::chrono::seconds{0}
                                    : std::chrono::duration_cast<std::chrono::seconds>(kLife);
    std::string text{secure ? kSecure : std::string_view{}};
    text += std::string{kCookie} + std::string{value} + "; Path=/; HttpOnly; ";
    if (secure) text += "Secure; ";
    return text + "SameSite=Strict; Max-Age=" + std::to_string(life.count());
}

}  // namespace countersign::proxy::admin
