"""Countries and territories by the English names in everyday use."""

from __future__ import annotations

COUNTRIES: tuple[str, ...] = tuple(
    " ".join(name.split())
    for name in """
    Afghanistan | Aland Islands | Albania | Algeria | Andorra | Angola | Antigua and Barbuda | Argentina | Armenia
    | Australia | Austria | Azerbaijan | Bahamas | Bahrain | Bangladesh | Barbados | Belarus | Belgium | Belize |
    Benin | Bermuda | Bhutan | Bolivia | Bosnia and Herzegovina | Botswana | Brazil | British Virgin Islands |
    Brunei | Bulgaria | Burkina Faso | Burundi | Cambodia | Cameroon | Canada | Cape Verde | Cayman Islands |
    Central African Republic | Chad | Chile | China | Colombia | Comoros | Costa Rica | Croatia | Cuba | Cyprus |
    Czechia | Côte d'Ivoire | Democratic Republic of the Congo | Denmark | Djibouti | Dominica | Dominican
    Republic | Ecuador | Egypt | El Salvador | Equatorial Guinea | Eritrea | Estonia | Eswatini | Ethiopia | Faroe
    Islands | Fiji | Finland | France | Gabon | Gambia | Georgia | Germany | Ghana | Gibraltar | Greece |
    Greenland | Grenada | Guatemala | Guinea | Guinea-Bissau | Guyana | Haiti | Honduras | Hong Kong | Hungary |
    Iceland | India | Indonesia | Iran | Iraq | Ireland | Israel | Italy | Jamaica | Japan | Jordan | Kazakhstan |
    Kenya | Kiribati | Kosovo | Kuwait | Kyrgyzstan | Laos | Latvia | Lebanon | Lesotho | Liberia | Libya |
    Liechtenstein | Lithuania | Luxembourg | Macao | Madagascar | Malawi | Malaysia | Maldives | Mali | Malta |
    Marshall Islands | Mauritania | Mauritius | Mexico | Micronesia | Moldova | Monaco | Mongolia | Montenegro |
    Morocco | Mozambique | Myanmar | Namibia | Nauru | Nepal | Netherlands | New Caledonia | New Zealand |
    Nicaragua | Niger | Nigeria | North Korea | North Macedonia | Norway | Oman | Pakistan | Palau | Palestine |
    Panama | Papua New Guinea | Paraguay | Peru | Philippines | Poland | Portugal | Puerto Rico | Qatar | Republic
    of the Congo | Romania | Russia | Rwanda | Réunion | Saint Kitts and Nevis | Saint Lucia | Saint Vincent and
    the Grenadines | Samoa | San Marino | Sao Tome and Principe | Saudi Arabia | Senegal | Serbia | Seychelles |
    Sierra Leone | Singapore | Slovakia | Slovenia | Solomon Islands | Somalia | South Africa | South Korea |
    South Sudan | Spain | Sri Lanka | Sudan | Suriname | Sweden | Switzerland | Syria | Taiwan | Tajikistan |
    Tanzania | Thailand | Timor-Leste | Togo | Tonga | Trinidad and Tobago | Tunisia | Turkey | Turkmenistan |
    Tuvalu | Uganda | Ukraine | United Arab Emirates | United Kingdom | United States | United States Virgin
    Islands | Uruguay | Uzbekistan | Vanuatu | Vatican City | Venezuela | Vietnam | Yemen | Zambia | Zimbabwe
    """.split("|")
)
