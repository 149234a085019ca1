# SPDX-License-Identifier: MIT
# Entry, note and the end of the calls: writes registers and stack to standard output as a fault would show them.
# The program runs as an ordinary Linux process, so that the stack it shows is a real one.

        .section .note.denali, "a", @note
        .balign 4
        .long   7, 32, 1
        .asciz  "Denali"
        .balign 4
        .long   1, 3
        .quad   0x400000, 0
        .long   0x10000, 4

        .text
        .globl  _start
        .type   _start, @function
_start:
        .cfi_startproc
        .cfi_undefined rip
        xorl    %ebp, %ebp
        andq    $-16, %rsp
        call    outer
        ud2
        .cfi_endproc
        .size   _start, . - _start

        # void capture(void): the registers in the order of GuestRegisters, then the stack.
        .globl  capture
        .type   capture, @function
capture:
        .cfi_startproc
        movq    %rax, registers(%rip)
        movq    %rbx, registers+8(%rip)
        movq    %rcx, registers+16(%rip)
        movq    %rdx, registers+24(%rip)
        movq    %rsi, registers+32(%rip)
        movq    %rdi, registers+40(%rip)
        movq    %rsp, registers+48(%rip)
        movq    %rbp, registers+56(%rip)
        movq    %r8, registers+64(%rip)
        movq    %r9, registers+72(%rip)
        movq    %r10, registers+80(%rip)
        movq    %r11, registers+88(%rip)
        movq    %r12, registers+96(%rip)
        movq    %r13, registers+104(%rip)
        movq    %r14, registers+112(%rip)
        movq    %r15, registers+120(%rip)
        leaq    0f(%rip), %rax
        movq    %rax, registers+128(%rip)
0:
        movl    $1, %eax
        movl    $1, %edi
        leaq    registers(%rip), %rsi
        movl    $144, %edx
        syscall
        # In small pieces up to the end of the stack, where the write fails.
        movq    %rsp, %rbx
1:
        movl    $1, %eax
        movl    $1, %edi
        movq    %rbx, %rsi
        movl    $64, %edx
        syscall
        addq    $64, %rbx
        cmpq    $64, %rax
        je      1b
        movl    $60, %eax
        xorl    %edi, %edi
        syscall
        ud2
        .cfi_endproc
        .size   capture, . - capture

        .bss
        .balign 16
registers:
        .zero   144

        .section .note.GNU-stack, "", @progbits
