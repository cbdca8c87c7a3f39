# Run by `cmake --install`: the program says what its manual pages and completions are.
string(RANDOM LENGTH 12 name)
set(pages ${build}/pages-${name})
if(NOT IS_ABSOLUTE ${mandir})
    set(mandir ${CMAKE_INSTALL_PREFIX}/${mandir})
endif()
if(NOT IS_ABSOLUTE ${datadir})
    set(datadir ${CMAKE_INSTALL_PREFIX}/${datadir})
endif()

function(completion shell file folder)
    execute_process(
        COMMAND ${program} completion ${shell} OUTPUT_FILE ${pages}/${file}
        COMMAND_ERROR_IS_FATAL ANY
    )
    file(INSTALL ${pages}/${file} DESTINATION ${datadir}/${folder})
endfunction()

execute_process(COMMAND ${program} man --directory ${pages}/man1 COMMAND_ERROR_IS_FATAL ANY)
file(INSTALL ${pages}/man1 DESTINATION ${mandir})
completion(bash countersign bash-completion/completions)
completion(zsh _countersign zsh/site-functions)
completion(fish countersign.fish fish/vendor_completions.d)
file(REMOVE_RECURSE ${pages})
