# SPDX-License-Identifier: MIT
# The time stamp counter.

.intel_syntax noprefix

# ulong denali_read_tsc(): not before earlier loads are done, so that two readings never come in the wrong order.
.section .text.denali_read_tsc, "ax", @progbits
.global denali_read_tsc
.type denali_read_tsc, @function
.balign 16
denali_read_tsc:
.cfi_startproc
        lfence
        rdtsc
        shl     rdx, 32
        or      rax, rdx
        ret
.cfi_endproc
.size denali_read_tsc, . - denali_read_tsc
