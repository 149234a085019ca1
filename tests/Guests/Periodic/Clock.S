# SPDX-License-Identifier: MIT
.intel_syntax noprefix

# ulong read_counter()
.section .text.read_counter, "ax", @progbits
.global read_counter
.type read_counter, @function
.balign 16
read_counter:
.cfi_startproc
        rdtsc
        shl     rdx, 32
        or      rax, rdx
        ret
.cfi_endproc
.size read_counter, . - read_counter
