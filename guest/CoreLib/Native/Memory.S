# SPDX-License-Identifier: MIT
# Copying, filling, comparing and searching bytes, for a processor of level x86-64-v3. Long runs go through the string
# instructions, which processors of that level do a cache line at a time.

.intel_syntax noprefix

.set STRING_THRESHOLD, 2048

# void* memmove(void* destination, const void* source, size_t bytes); the places may overlap.
# Everything is loaded before it can be overwritten: up to 128 bytes all at once, longer runs from the safe end.
.section .text.memmove, "ax", @progbits
.global memmove
.global memcpy
.type memmove, @function
.type memcpy, @function
.balign 32
memcpy:
memmove:
.cfi_startproc
        mov     rax, rdi
        cmp     rdx, 16
        jb      .Lmove_below16
        cmp     rdx, 32
        ja      .Lmove_above32
        vmovdqu xmm0, [rsi]
        vmovdqu xmm1, [rsi + rdx - 16]
        vmovdqu [rdi], xmm0
        vmovdqu [rdi + rdx - 16], xmm1
        ret

.Lmove_below16:
        cmp     edx, 8
        jae     .Lmove_8to15
        cmp     edx, 4
        jae     .Lmove_4to7
        cmp     edx, 1
        ja      .Lmove_2to3
        jb      .Lmove_done
        movzx   ecx, byte ptr [rsi]
        mov     [rdi], cl
.Lmove_done:
        ret

.Lmove_2to3:
        movzx   ecx, word ptr [rsi]
        movzx   r8d, byte ptr [rsi + rdx - 1]
        mov     [rdi], cx
        mov     [rdi + rdx - 1], r8b
        ret

.Lmove_4to7:
        mov     ecx, [rsi]
        mov     r8d, [rsi + rdx - 4]
        mov     [rdi], ecx
        mov     [rdi + rdx - 4], r8d
        ret

.Lmove_8to15:
        mov     rcx, [rsi]
        mov     r8, [rsi + rdx - 8]
        mov     [rdi], rcx
        mov     [rdi + rdx - 8], r8
        ret

.Lmove_above32:
        cmp     rdx, 64
        ja      .Lmove_above64
        vmovdqu ymm0, [rsi]
        vmovdqu ymm1, [rsi + rdx - 32]
        vmovdqu [rdi], ymm0
        vmovdqu [rdi + rdx - 32], ymm1
        vzeroupper
        ret

.Lmove_above64:
        cmp     rdx, 128
        ja      .Lmove_above128
        vmovdqu ymm0, [rsi]
        vmovdqu ymm1, [rsi + 32]
        vmovdqu ymm2, [rsi + rdx - 64]
        vmovdqu ymm3, [rsi + rdx - 32]
        vmovdqu [rdi], ymm0
        vmovdqu [rdi + 32], ymm1
        vmovdqu [rdi + rdx - 64], ymm2
        vmovdqu [rdi + rdx - 32], ymm3
        vzeroupper
        ret

.Lmove_above128:
        mov     rcx, rdi
        sub     rcx, rsi
        cmp     rcx, rdx
        jb      .Lmove_backward
        cmp     rdx, STRING_THRESHOLD
        jae     .Lmove_string

        # Forward. The last 128 bytes are loaded now: the loop may overwrite them.
        vmovdqu ymm4, [rsi + rdx - 128]
        vmovdqu ymm5, [rsi + rdx - 96]
        vmovdqu ymm6, [rsi + rdx - 64]
        vmovdqu ymm7, [rsi + rdx - 32]
        lea     rcx, [rdi + rdx - 128]
.Lmove_forward_loop:
        vmovdqu ymm0, [rsi]
        vmovdqu ymm1, [rsi + 32]
        vmovdqu ymm2, [rsi + 64]
        vmovdqu ymm3, [rsi + 96]
        vmovdqu [rdi], ymm0
        vmovdqu [rdi + 32], ymm1
        vmovdqu [rdi + 64], ymm2
        vmovdqu [rdi + 96], ymm3
        sub     rsi, -128
        sub     rdi, -128
        cmp     rdi, rcx
        jb      .Lmove_forward_loop
        vmovdqu [rcx], ymm4
        vmovdqu [rcx + 32], ymm5
        vmovdqu [rcx + 64], ymm6
        vmovdqu [rcx + 96], ymm7
        vzeroupper
        ret

.Lmove_string:
        mov     rcx, rdx
        rep movsb
        ret

        # Backward: the destination starts inside the source (or is the source).
.Lmove_backward:
        vmovdqu ymm4, [rsi]
        vmovdqu ymm5, [rsi + 32]
        vmovdqu ymm6, [rsi + 64]
        vmovdqu ymm7, [rsi + 96]
        lea     r8, [rdi + rdx]
        lea     rsi, [rsi + rdx]
        lea     rcx, [rdi + 128]
.Lmove_backward_loop:
        vmovdqu ymm0, [rsi - 32]
        vmovdqu ymm1, [rsi - 64]
        vmovdqu ymm2, [rsi - 96]
        vmovdqu ymm3, [rsi - 128]
        vmovdqu [r8 - 32], ymm0
        vmovdqu [r8 - 64], ymm1
        vmovdqu [r8 - 96], ymm2
        vmovdqu [r8 - 128], ymm3
        add     rsi, -128
        add     r8, -128
        cmp     r8, rcx
        ja      .Lmove_backward_loop
        vmovdqu [rdi], ymm4
        vmovdqu [rdi + 32], ymm5
        vmovdqu [rdi + 64], ymm6
        vmovdqu [rdi + 96], ymm7
        vzeroupper
        ret
.cfi_endproc
.size memmove, . - memmove
.size memcpy, . - memcpy

# void* memset(void* destination, int value, size_t bytes)
.section .text.memset, "ax", @progbits
.global memset
.type memset, @function
.balign 32
memset:
.cfi_startproc
        mov     rax, rdi
        movzx   ecx, sil
        mov     r8, 0x0101010101010101
        imul    rcx, r8
        cmp     rdx, 16
        jb      .Lset_below16
        vmovq   xmm0, rcx
        vpbroadcastq ymm0, xmm0
        cmp     rdx, 32
        ja      .Lset_above32
        vmovdqu [rdi], xmm0
        vmovdqu [rdi + rdx - 16], xmm0
        vzeroupper
        ret

.Lset_below16:
        cmp     edx, 8
        jae     .Lset_8to15
        cmp     edx, 4
        jae     .Lset_4to7
        cmp     edx, 1
        ja      .Lset_2to3
        jb      .Lset_done
        mov     [rdi], cl
.Lset_done:
        ret
.Lset_2to3:
        mov     [rdi], cx
        mov     [rdi + rdx - 1], cl
        ret
.Lset_4to7:
        mov     [rdi], ecx
        mov     [rdi + rdx - 4], ecx
        ret
.Lset_8to15:
        mov     [rdi], rcx
        mov     [rdi + rdx - 8], rcx
        ret

.Lset_above32:
        cmp     rdx, STRING_THRESHOLD
        jae     .Lset_string
        lea     rcx, [rdi + rdx - 32]
.Lset_loop:
        vmovdqu [rdi], ymm0
        add     rdi, 32
        cmp     rdi, rcx
        jb      .Lset_loop
        vmovdqu [rcx], ymm0
        vzeroupper
        ret

.Lset_string:
        vzeroupper
        mov     r8, rax
        mov     eax, ecx
        mov     rcx, rdx
        rep stosb
        mov     rax, r8
        ret
.cfi_endproc
.size memset, . - memset

# int memcmp(const void* first, const void* second, size_t bytes)
.section .text.memcmp, "ax", @progbits
.global memcmp
.type memcmp, @function
.balign 32
memcmp:
.cfi_startproc
        xor     ecx, ecx
        sub     rdx, 32
        jb      .Lcompare_tail
.Lcompare_loop:
        vmovdqu ymm0, [rdi + rcx]
        vpcmpeqb ymm0, ymm0, [rsi + rcx]
        vpmovmskb eax, ymm0
        not     eax
        test    eax, eax
        jne     .Lcompare_found
        add     rcx, 32
        cmp     rcx, rdx
        jbe     .Lcompare_loop
        vzeroupper
.Lcompare_tail:
        add     rdx, 32
        # rcx bytes are equal, fewer than 32 are left.
.Lcompare_words:
        lea     r8, [rcx + 8]
        cmp     r8, rdx
        ja      .Lcompare_bytes
        mov     rax, [rdi + rcx]
        cmp     rax, [rsi + rcx]
        jne     .Lcompare_bytes
        mov     rcx, r8
        jmp     .Lcompare_words
.Lcompare_bytes:
        cmp     rcx, rdx
        jae     .Lcompare_equal
        movzx   eax, byte ptr [rdi + rcx]
        movzx   r8d, byte ptr [rsi + rcx]
        inc     rcx
        sub     eax, r8d
        je      .Lcompare_bytes
        ret
.Lcompare_equal:
        xor     eax, eax
        ret
.Lcompare_found:
        tzcnt   eax, eax
        add     rcx, rax
        vzeroupper
        movzx   eax, byte ptr [rdi + rcx]
        movzx   r8d, byte ptr [rsi + rcx]
        sub     eax, r8d
        ret
.cfi_endproc
.size memcmp, . - memcmp

# ssize_t denali_index_of_byte(const void* start, int value, size_t bytes): index of the first, or -1.
.section .text.denali_index_of_byte, "ax", @progbits
.global denali_index_of_byte
.type denali_index_of_byte, @function
.balign 32
denali_index_of_byte:
.cfi_startproc
        xor     eax, eax
        sub     rdx, 32
        jb      .Lfind_tail
        vmovd   xmm1, esi
        vpbroadcastb ymm1, xmm1
.Lfind_loop:
        vpcmpeqb ymm0, ymm1, [rdi + rax]
        vpmovmskb ecx, ymm0
        test    ecx, ecx
        jne     .Lfind_found
        add     rax, 32
        cmp     rax, rdx
        jbe     .Lfind_loop
        vzeroupper
.Lfind_tail:
        add     rdx, 32
.Lfind_bytes:
        cmp     rax, rdx
        jae     .Lfind_none
        cmp     [rdi + rax], sil
        je      .Lfind_done
        inc     rax
        jmp     .Lfind_bytes
.Lfind_none:
        mov     rax, -1
.Lfind_done:
        ret
.Lfind_found:
        tzcnt   ecx, ecx
        add     rax, rcx
        vzeroupper
        ret
.cfi_endproc
.size denali_index_of_byte, . - denali_index_of_byte
