#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "proxy/upstream/revocation/inbox.hpp"
#include "proxy/upstream/revocation/inquiry.hpp"

namespace countersign::proxy::upstream::revocation {

/// A certificate, and by which rules others are asked about it: what one profile may not reach
/// another one may.
struct AnswerKey {
    tls::RevocationKey certificate{};
    std::uint32_t rules = 0;

    friend auto operator<=>(const AnswerKey&, const AnswerKey&) = default;
};

/// What is known, what is being asked, and who waits for it: the decisions of the service, without
/// clock and threads. Bounded: who was asked for longest ago goes first.
class AnswerTable {
public:
    /// `terms` outlives it.
    explicit AnswerTable(const Terms& terms) : terms_{terms} {}

    struct Looked {
        SharedAnswer answer;  ///< null: nothing is known, and `waiter` will be woken
        bool is_to_be_asked = false;
    };
    Looked look(const AnswerKey& key, Waiter waiter, Time now);
    /// About what is to be asked, before anything else is done with it.
    void begin(const AnswerKey& key, Subject subject);

    struct Finished {
        std::vector<Waiter> waiters;
        bool is_news = false;  ///< it is revoked, and that was not known
    };
    /// What is known and holds is kept where the new answer is that nobody says it.
    Finished finish(const AnswerKey& key, Answer answer, Time now);

    struct Due {
        AnswerKey key;
        Subject subject;
    };
    /// What is to be asked anew, which counts as begun. What nobody wants any more goes.
    std::vector<Due> take_due(Time now);
    /// When there may be more of it.
    Time next_due() const;

    std::size_t size() const { return slots_.size(); }

private:
    struct Slot {
        SharedAnswer answer;
        Subject subject;
        std::vector<Waiter> waiters;
        bool under_way = false;
        Time asked_for_at{};
    };

    void make_room();

    const Terms& terms_;
    std::map<AnswerKey, Slot> slots_;
};

}  // namespace countersign::proxy::upstream::revocation
