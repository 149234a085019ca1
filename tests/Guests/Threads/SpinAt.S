# SPDX-License-Identifier: MIT
.intel_syntax noprefix

# int threads_spin_at(ulong stackPointer, const int* stop, ulong rounds): spins with another stack pointer until stop is
# set (returns 1) or for so many rounds (returns 0).
.section .text.threads_spin_at, "ax", @progbits
.global threads_spin_at
.type threads_spin_at, @function
.balign 16
threads_spin_at:
        mov     r8, rsp
        mov     rsp, rdi
.Lspin:
        cmp     dword ptr [rsi], 0
        jne     .Lstopped
        dec     rdx
        jnz     .Lspin
        mov     rsp, r8
        xor     eax, eax
        ret
.Lstopped:
        mov     rsp, r8
        mov     eax, 1
        ret
.size threads_spin_at, . - threads_spin_at
