# SPDX-License-Identifier: MIT
# Where the kernel starts a VM: rsp is the top of the boot stack, 16-byte aligned. All memory behind the image is zero.

.intel_syntax noprefix
# RegisterPage.RandomSeed0
.set RANDOM_SEED, 0x10058

.section .text.start, "ax", @progbits
.global _start
.type _start, @function
_start:
.cfi_startproc
        # The end of the chain of frames.
        .cfi_undefined rip
        xor     ebp, ebp
        mov     rax, [RANDOM_SEED]
        mov     [rip + __security_cookie], rax
        lea     rdi, [rip + __modules_start]
        lea     rsi, [rip + __modules_end]
        lea     rdx, [rip + _end]
        call    denali_start
        ud2
.cfi_endproc
.size _start, . - _start
