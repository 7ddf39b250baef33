"""The words of deals and directions in languages of which only the commonest words are known.

Polish, Czech, Swedish, Danish, Norwegian, Turkish, Russian, Japanese, Chinese and Korean; and the stages that HubSpot
and Salesforce start with, in German, French, Spanish, Portuguese, Italian and Dutch. `words` puts them together with
those of the CRMs. A capital letter without its dot, as engines make it small, is a spelling of its own.
"""
# ruff: noqa: RUF001

#: By field and meaning, separated by commas.
FURTHER: dict[str, dict[str, str]] = {
    "status": {
        "open": "otwarta, otwarte, otwarty, w toku, otevřeno, otevřená, otevřený, probíhá, öppen, öppet, pågående, "
        "åben, åpen, açık, açik, devam ediyor, открыта, открыто, в работе, в процессе, 商談中, 進行中, 进行中, "
        "跟进中, 진행중, "
        "termin geplant, termin vereinbart, für kauf qualifiziert, qualifiziert für kauf, zum kauf qualifiziert, "
        "präsentation geplant, präsentation vereinbart, entscheidungsträger eingebracht, vertrag gesendet, "
        "vertrag zugesandt, vertrag verschickt, angebot erstellt, bedarfsanalyse, "
        "rendez-vous planifié, rendez-vous programmé, qualifié pour acheter, présentation planifiée, "
        "présentation programmée, contrat envoyé, proposition envoyée, analyse des besoins, "
        "cita programada, reunión programada, calificado para comprar, cualificado para comprar, "
        "presentación programada, contrato enviado, propuesta enviada, análisis de necesidades, propuesta, "
        "compromisso agendado, reunião agendada, qualificado para comprar, apresentação agendada, "
        "proposta enviada, proposta, análise de necessidades, "
        "appuntamento pianificato, appuntamento fissato, presentazione pianificata, contratto inviato, "
        "proposta inviata, negoziazione, "
        "afspraak gepland, gekwalificeerd om te kopen, presentatie gepland, contract verzonden, contract verstuurd, "
        "offerte verzonden, onderhandeling",
        "won": "fechado e ganho, fechada e ganha, fechada ganha, negócio fechado, negócio fechado e ganho, "
        "chiusa vinta, chiuso e vinto, chiusa e vinta, cerrada y ganada, cerrado y ganado, gesloten en gewonnen, "
        "wygrana, wygrane, wygrany, zamknięta wygrana, vyhráno, vyhraná, vyhraný, vunnen, vunnet, "
        "stängd vunnen, vundet, lukket vundet, lukket vunnet, kazanıldı, kazanildi, kazanılan, kazanilan, выиграна, "
        "выиграно, сделка выиграна, сделка успешна, успешно реализовано, 受注, 成約, 赢单, 已赢单, 成交, 已成交, 수주",
        "lost": "fechado e perdido, fechada e perdida, fechada perdida, negócio fechado e perdido, chiusa persa, "
        "chiuso e perso, chiusa e persa, cerrada y perdida, cerrado y perdido, gesloten en verloren, "
        "przegrana, przegrane, przegrany, zamknięta przegrana, prohráno, prohraná, prohraný, förlorad, "
        "förlorat, stängd förlorad, tabt, lukket tabt, tapt, lukket tapt, kaybedildi, kaybedilen, проиграна, "
        "проиграно, сделка проиграна, сделка провалена, закрыто и не реализовано, 失注, 输单, 已输单, 丢单, 실주",
    },
    "opportunity_type": {
        "new_business": "nowy klient, nowa sprzedaż, nowy biznes, nový zákazník, nový obchod, ny affär, ny kund, "
        "nyförsäljning, ny kunde, ny forretning, nysalg, yeni iş, yeni müşteri, новый бизнес, новый клиент, "
        "новая продажа, 新規, 新規ビジネス, 新規顧客, 新規案件, 新业务, 新客户, 신규, 신규 비즈니스, 신규 고객",
        "expansion": "istniejący klient, obecny klient, rozszerzenie, dosprzedaż, stávající zákazník, rozšíření, "
        "befintlig kund, merförsäljning, korsförsäljning, eksisterende kunde, mersalg, mevcut müşteri, genişletme, "
        "существующий клиент, действующий клиент, расширение, допродажа, 既存ビジネス, 既存顧客, アップセル, "
        "クロスセル, 现有业务, 现有客户, 老客户, 增购, 기존 비즈니스, 기존 고객",
        "renewal": "odnowienie, przedłużenie, obnovení, prodloužení, förnyelse, fornyelse, yenileme, продление, 更新, "
        "契約更新, 续约, 续签, 续费, 갱신",
    },
    "direction": {
        "inbound": "przychodzące, przychodzący, przychodząca, příchozí, inkommande, indgående, innkommende, gelen, "
        "входящий, входящее, входящая, входящие, 受信, 着信, 来电, 呼入, 接收, 수신",
        "outbound": "wychodzące, wychodzący, wychodząca, odchozí, utgående, udgående, giden, исходящий, исходящее, "
        "исходящая, исходящие, 送信, 発信, 去电, 呼出, 发送, 발신",
    },
}
