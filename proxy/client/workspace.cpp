#include "proxy/client/workspace.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include "proxy/log/log.hpp"

namespace countersign::proxy::client {

Workspace::Workspace(const SharedByWorkers& shared)
    : budget{shared.budget},
      own_endpoints{shared.own_endpoints},
      own_name{shared.own_name},
      tidier{loop, buffers},
      resolver{loop, shared.names},
      connector{loop, resolver, own_endpoints, shared.budget},
      pool{
          loop, connector, shared.workers,
          [](std::exception_ptr error) {
              log::escaped("the opening of a connection", std::move(error));
          }},
      retirement{loop, pool},
      access{loop, shared.access_log},
      permits{shared.permits},
      failures{shared.failures},
      buffered{shared.buffered} {
    connector.keep_circuits();
    if (shared.revocation != nullptr) {
        inquirer.emplace(
            loop, *shared.revocation, own_endpoints,
            [this](const tls::RevocationKey& certificate) {
                pool.retire_revoked(certificate);
                on_revoked();
            }
        );
        connector.ask_revocation_of(*inquirer);
    }
    adopt(shared.generation);
}

void Workspace::adopt(std::shared_ptr<const generation::Generation> next) {
    generation = generation::hold(std::move(next));
    buffers.resize(generation->buffer_sizes());
    std::vector<std::string_view> names;
    for (const profiles::Profile& profile : generation->configuration().profiles) {
        names.push_back(profile.name);
    }
    tally.follow(names);
    recent.enable(generation->configuration().console.enabled);
    retirement.follow(generation);
}

}  // namespace countersign::proxy::client
