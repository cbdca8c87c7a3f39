#include "proxy/upstream/revocation/answer_table.hpp"

#include <algorithm>
#include <utility>

namespace countersign::proxy::upstream::revocation {

namespace {

bool is_of_use(const SharedAnswer& known, Time now) {
    return known != nullptr && known->status != Answer::Status::unknown && known->stands(now);
}

}  // namespace

AnswerTable::Looked AnswerTable::look(const AnswerKey& key, Waiter waiter, Time now) {
    auto at = slots_.find(key);
    if (at == slots_.end()) {
        make_room();
        at = slots_.try_emplace(key).first;
    }
    Slot& slot = at->second;
    slot.asked_for_at = now;
    if (slot.answer != nullptr && slot.answer->stands(now)) return {slot.answer, false};
    if (waiter.inbox != nullptr) slot.waiters.push_back(std::move(waiter));
    return {nullptr, !std::exchange(slot.under_way, true)};
}

void AnswerTable::begin(const AnswerKey& key, Subject subject) {
    slots_[key].subject = std::move(subject);
}

AnswerTable::Finished AnswerTable::finish(const AnswerKey& key, Answer answer, Time now) {
    Slot& slot = slots_[key];
    slot.under_way = false;
    Finished finished{std::exchange(slot.waiters, {}), false};
    const bool says_nothing = answer.status == Answer::Status::unknown;
    if (says_nothing && is_of_use(slot.answer, now)) {
        Answer kept = *slot.answer;
        kept.refresh_at = terms_.refresh_at(now, kept.until);
        slot.answer = std::make_shared<const Answer>(std::move(kept));
        return finished;
    }
    if (says_nothing) answer.refresh_at = Time::max();
    const bool was_revoked =
        slot.answer != nullptr && slot.answer->status == Answer::Status::revoked;
    finished.is_news = answer.status == Answer::Status::revoked && !was_revoked;
    slot.answer = std::make_shared<const Answer>(std::move(answer));
    return finished;
}

std::vector<AnswerTable::Due> AnswerTable::take_due(Time now) {
    std::vector<Due> due;
    std::erase_if(slots_, [&](const auto& one) {
        const Slot& slot = one.second;
        return !slot.under_way && slot.asked_for_at + terms_.forget <= now;
    });
    for (auto& [key, slot] : slots_) {
        if (slot.under_way || slot.answer == nullptr || now < slot.answer->refresh_at) continue;
        slot.under_way = true;
        due.push_back({key, slot.subject});
    }
    return due;
}

Time AnswerTable::next_due() const {
    Time next = Time::max();
    for (const auto& [key, slot] : slots_) {
        if (slot.under_way || slot.answer == nullptr) continue;
        next = std::min({next, slot.answer->refresh_at, slot.asked_for_at + terms_.forget});
    }
    return next;
}

void AnswerTable::make_room() {
    if (slots_.size() < terms_.most_answers) return;
    auto oldest = slots_.end();
    for (auto at = slots_.begin(); at != slots_.end(); ++at) {
        if (at->second.under_way) continue;
        if (oldest == slots_.end() || at->second.asked_for_at < oldest->second.asked_for_at) {
            oldest = at;
        }
    }
    if (oldest != slots_.end()) slots_.erase(oldest);
}

}  // namespace countersign::proxy::upstream::revocation
